package io.skypanel.worker;

import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.report.Outbox;
import io.skypanel.worker.status.BuildBoard;
import java.time.Duration;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the work in order: takes nothing new, lets running builds end, sends their statuses. What
 * can't be sent stays in the outbox for the next start.
 */
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);
  private static final String WHY =
      "Cancelled: the worker was told to stop at once; deploy again when it is back";
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final Duration LAST_REPORTS = Duration.ofSeconds(10);

  private final Intake intake;
  private final Outbox outbox;
  private final BuildBoard board;
  private final StopRequests stops;
  private final Duration limit;

  /**
   * @param limit builds that have not ended then hang in a hook; the next start takes them up
   */
  Drain(Intake intake, Outbox outbox, BuildBoard board, StopRequests stops, Duration limit) {
    this.intake = intake;
    this.outbox = outbox;
    this.board = board;
    this.stops = stops;
    this.limit = limit;
  }

  void run() throws InterruptedException {
    intake.hold("the worker is stopping");
    boolean cancelled = false;
    long nextLine = System.nanoTime();
    long giveUp = System.nanoTime() + limit.toNanos();
    while (intake.inFlight() > 0) {
      if (System.nanoTime() - giveUp >= 0) {
        log.error(
            "Not ended after {} minutes, left to the next start: {}", limit.toMinutes(), running());
        break;
      }
      if (System.nanoTime() - nextLine >= 0) {
        log.info("Stopping once these builds have ended: {}", running());
        nextLine = System.nanoTime() + BETWEEN_LINES.toNanos();
      }
      if (cancelled) {
        Thread.sleep(LOOK.toMillis());
      } else if (stops.awaitUrgent(LOOK)) {
        log.info("Told to stop again: cancelling {}", running());
        board.running().forEach(r -> r.build().stop().stop(new BuildFailure.Cancelled(WHY)));
        cancelled = true;
      }
    }
    long lastReports = System.nanoTime() + LAST_REPORTS.toNanos();
    while (outbox.size() > 0 && System.nanoTime() - lastReports < 0) {
      Thread.sleep(LOOK.toMillis());
    }
    if (outbox.size() > 0) {
      log.warn("{} statuses stay in the outbox for the next start", outbox.size());
    }
  }

  private String running() {
    return board.running().stream()
        .map(r -> r.build().job().deploymentId())
        .collect(Collectors.joining(", "));
  }
}
