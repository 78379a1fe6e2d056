package io.skypanel.worker.report;

import io.skypanel.worker.job.BuildJob;
import java.nio.file.Path;

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
    LogSpool spool = spoolOf(entry.job());
    if (outbox.holds(decided.deploymentId(), decided.status())) {
      journal.close(entry.job());
    } else {
      outbox.add(decided.with(spool.tail(Reports.TAIL_BYTES)), () -> journal.close(entry.job()));
    }
    spool.delete();
  }

  /** The end of the log that an earlier run has kept of a build. */
  public String logOf(BuildJob job) {
    LogSpool spool = spoolOf(job);
    String tail = spool.tail(Reports.TAIL_BYTES);
    spool.close();
    return tail;
  }

  /** Whether the panel lists the build only because its {@code building} waits to be sent. */
  public boolean willBeTakenOffTheQueue(BuildJob job) {
    return outbox.holds(job.deploymentId(), "building");
  }

  /** Forgets a build of an earlier run that the panel has in its queue still: it begins anew. */
  public void forget(JournalEntry entry) {
    outbox.withdraw(entry.job().deploymentId());
    journal.close(entry.job());
    spoolOf(entry.job()).delete();
  }

  private LogSpool spoolOf(BuildJob job) {
    return new LogSpool(spoolDirectory, job.deploymentId(), Reports.LOG_BYTES);
  }
}
