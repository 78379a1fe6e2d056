package io.skypanel.worker.report;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Outcome.Result;
import io.skypanel.worker.job.Progress.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What an earlier run of the worker left of its reports. For use before the first poll. */
public final class EarlierReports {
  private final Path spoolDirectory;
  private final Journal journal;
  private final Outbox outbox;

  /**
   * @param stateDir where logs are spooled
   */
  public EarlierReports(Path stateDir, Journal journal, Outbox outbox) {
    this.spoolDirectory = stateDir.resolve(Reports.SPOOL);
    this.journal = journal;
    this.outbox = outbox;
  }

  /** Delivers the final status that an earlier run had decided on, unless that waits already. */
  public void repeat(JournalEntry entry, Report decided) {
    deliver(decided, spoolOf(entry.job().deploymentId()));
  }

  /** Ends a build that today's rules refuse; one that had ended, as it had. */
  public void end(UnfitBuild build) {
    LogSpool spool = spoolOf(build.deploymentId());
    deliver(build.conclusion().orElseGet(() -> failed(build, spool)), spool);
  }

  private static Report failed(UnfitBuild build, LogSpool spool) {
    String why = "This build can't be carried on by the updated worker: " + build.reason();
    spool.add(Level.ERROR, build.phase().label(), "Failed: " + why);
    Result result = build.phase().isDeploying() ? Result.DEPLOYMENT_FAILED : Result.BUILDING_FAILED;
    return new Report(
        build.appId(),
        build.deploymentId(),
        result.status(),
        Optional.empty(),
        Optional.of(why),
        Map.of());
  }

  private void deliver(Report decided, LogSpool spool) {
    String deploymentId = decided.deploymentId();
    if (outbox.holds(deploymentId, decided.status())) {
      journal.close(deploymentId);
    } else {
      outbox.add(decided.with(spool.tail(Reports.TAIL_BYTES)), () -> journal.close(deploymentId));
    }
    spool.delete();
  }

  /** The end of the log that an earlier run has kept of a build. */
  public String logOf(String deploymentId) {
    LogSpool spool = spoolOf(deploymentId);
    String tail = spool.tail(Reports.TAIL_BYTES);
    spool.close();
    return tail;
  }

  /** Whether the panel lists the build only because its {@code building} waits to be sent. */
  public boolean willBeTakenOffTheQueue(BuildJob job) {
    return outbox.holds(job.deploymentId(), "building");
  }

  /** Forgets a build of an earlier run that the panel has in its queue still: it begins anew. */
  public void forget(String deploymentId) {
    outbox.withdraw(deploymentId);
    journal.close(deploymentId);
    spoolOf(deploymentId).delete();
  }

  private LogSpool spoolOf(String deploymentId) {
    return new LogSpool(spoolDirectory, deploymentId, Reports.LOG_BYTES);
  }
}
