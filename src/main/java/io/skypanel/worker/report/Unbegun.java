package io.skypanel.worker.report;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Outcome;
import io.skypanel.worker.job.Outcome.Result;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress.Level;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.redact.Redaction;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends builds that have no {@link BuildReport}, each with one final status: those that can't be
 * built, that a newer one is built for, or that can't be opened. Thread-safe.
 */
public final class Unbegun {
  private static final Logger log = LoggerFactory.getLogger(Unbegun.class);
  private static final int REMEMBERED_REJECTIONS = 1000;

  private final Path spoolDirectory;
  private final Journal journal;
  private final Outbox outbox;
  private final Redaction redaction;
  private final Set<String> rejected = new LinkedHashSet<>();

  /**
   * @param stateDir where logs are spooled
   * @param redaction masks secrets in what is told of a build
   */
  public Unbegun(Path stateDir, Journal journal, Outbox outbox, Redaction redaction) {
    this.spoolDirectory = stateDir.resolve(Reports.SPOOL);
    this.journal = journal;
    this.outbox = outbox;
    this.redaction = redaction;
  }

  /**
   * A build that can't be built at all: reported once, if it can be named. One whose status waits
   * has ended already: an earlier version had accepted it, and the panel lists it until it knows.
   */
  public void reject(@Body QueuedBuild.Malformed build) {
    String id = build.deploymentId().orElse("");
    if (outbox.holds(id)) {
      return;
    }
    synchronized (rejected) {
      if (!rejected.add(id + build.reason())) {
        return;
      }
      if (rejected.size() > REMEMBERED_REJECTIONS) {
        rejected.remove(rejected.iterator().next());
      }
    }
    String name = id.isEmpty() ? "A queued build without an id" : "Queued build " + id;
    String reason = redaction.maskAlone(id, build.reason());
    log.warn("{} can't be built: {}", name, reason);
    if (build.deploymentId().isPresent()) {
      String text = "This build can't be built: " + reason;
      outbox.add(failed(build.appId().orElse("unknown"), id, text));
    }
  }

  /**
   * {@code building_failed} for a build that waited while a newer one of its app was taken. It must
   * come before that one's {@code building}, so that the app's row ends with the newer.
   */
  public Outcome superseded(@Body BuildJob older, @Variable("job") BuildJob newest) {
    var reason =
        new BuildFailure.Superseded(
            "Superseded by deployment "
                + newest.deploymentId()
                + ", which is newer; it is built instead");
    log.info("{} is not built: {}", older, reason.getMessage());
    outbox.add(failed(older.appId(), older.deploymentId(), reason.getMessage()));
    return outcome(older, Result.BUILDING_FAILED, reason.getMessage(), reason.kind());
  }

  /**
   * The final status of a build that was accepted, and for which {@link Reports#open} threw. Its
   * log is what an earlier run of the worker left, and this.
   */
  public Outcome notOpened(
      @Variable("queued") QueuedBuild queued,
      @Variable("job") BuildJob job,
      @ExchangeProperty(Reports.CAUGHT) Exception error) {
    Throwable cause = Reason.of(error);
    log.error("{}", cause.getMessage(), cause);
    String why =
        cause.getCause() instanceof OutOfMemoryError
            ? "The worker has not enough memory to begin this build; deploy again later, or with"
                + " fewer or shorter variables"
            : "The worker could not begin this build, as its own log says; deploy again";
    boolean isBuilt = queued instanceof QueuedBuild.Resumed;
    Result result = isBuilt ? Result.DEPLOYMENT_FAILED : Result.BUILDING_FAILED;
    LogSpool spool = new LogSpool(spoolDirectory, job.deploymentId(), Reports.LOG_BYTES);
    spool.add(Level.ERROR, Phase.CLAIM.label(), "Failed: " + why);
    Report last =
        new Report(
            job.appId(),
            job.deploymentId(),
            result.status(),
            Optional.of(spool.tail(Reports.TAIL_BYTES)),
            Optional.of(why),
            Map.of());
    journal.concluded(job, last);
    outbox.add(last, () -> journal.close(job));
    spool.delete();
    return outcome(job, result, why, "worker");
  }

  private static Outcome outcome(BuildJob job, Result result, String why, String fault) {
    return new Outcome(
        job, result, Optional.of(why), Optional.of(fault), Optional.empty(), Map.of());
  }

  private static Report failed(String appId, String deploymentId, String why) {
    return new Report(
        appId,
        deploymentId,
        Result.BUILDING_FAILED.status(),
        Optional.of(why + "\n"),
        Optional.of(why),
        Map.of());
  }
}
