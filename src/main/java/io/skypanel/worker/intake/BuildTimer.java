package io.skypanel.worker.intake;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.settings.StageLimits;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.Variable;

/**
 * Stops a build that takes longer than its own limit, or a stage's, by the monotonic clock: a jump
 * of the wall clock fires nothing. Thread-safe.
 */
public final class BuildTimer {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Duration limit;
  private final StageLimits stageLimits;
  private final ScheduledExecutorService clock;
  private final Function<Build, Phase> phaseOf;
  private final Map<String, Future<?>> running = new ConcurrentHashMap<>();

  /**
   * @param phaseOf where a build is
   */
  public BuildTimer(
      Duration limit,
      StageLimits stageLimits,
      ScheduledExecutorService clock,
      Function<Build, Phase> phaseOf) {
    this.limit = limit;
    this.stageLimits = stageLimits;
    this.clock = clock;
    this.phaseOf = phaseOf;
  }

  /** Starts the build's time. */
  public void start(@Variable("build") Build build) {
    Watch watch = new Watch(build);
    running.put(
        build.job().deploymentId(),
        clock.scheduleWithFixedDelay(
            watch::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Ends it. */
  public void cancel(@Variable("build") Build build) {
    Future<?> timer = running.remove(build.job().deploymentId());
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** One build's time; looked at by one thread at a time. */
  private final class Watch {
    private final Build build;
    private final long startedNanos = System.nanoTime();
    private Phase phase = Phase.CLAIM;
    private long phaseStartedNanos = startedNanos;

    Watch(Build build) {
      this.build = build;
    }

    void look() {
      long now = System.nanoTime();
      Phase current = phaseOf.apply(build);
      if (current != phase) {
        phase = current;
        phaseStartedNanos = now;
      }
      Optional<Duration> stageLimit = stageLimit(phase);
      if (now - startedNanos >= limit.toNanos()) {
        stop("the build took longer than its limit of " + text(limit) + " (BUILD_TIMEOUT_MINUTES)");
      } else if (stageLimit.filter(l -> now - phaseStartedNanos >= l.toNanos()).isPresent()) {
        stop("it took longer than its limit of " + text(stageLimit.get()) + setting(phase));
      }
    }

    private void stop(String why) {
      build
          .stop()
          .stop(new BuildFailure.TimedOut("Stopped in stage " + phase.label() + ": " + why));
    }
  }

  private Optional<Duration> stageLimit(Phase phase) {
    return switch (phase) {
      case CHECKOUT -> Optional.of(stageLimits.checkout());
      case IMAGE -> Optional.of(stageLimits.image());
      case DEPLOY -> Optional.of(stageLimits.deploy());
      case CLAIM, CONCLUDE -> Optional.empty();
    };
  }

  private static String setting(Phase phase) {
    return switch (phase) {
      case CHECKOUT -> " (CHECKOUT_TIMEOUT_MINUTES)";
      case IMAGE -> " (IMAGE_TIMEOUT_MINUTES)";
      default -> " (START_TIMEOUT_MINUTES)";
    };
  }

  private static String text(Duration limit) {
    return limit.toMinutes() == 1 ? "1 minute" : limit.toMinutes() + " minutes";
  }
}
