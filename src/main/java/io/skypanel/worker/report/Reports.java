package io.skypanel.worker.report;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.Outcome;
import io.skypanel.worker.job.Outcome.Result;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress.Level;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.Serving;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.redact.Redactor;
import io.skypanel.worker.redact.SecretRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statuses of a build, each a step of {@code run-build}. They go into the outbox, which
 * delivers them. The sequence that leaves the panel's rows right is {@code building}, {@code
 * building_success}, {@code deployed} (README.md, "The panel's own faults"). Thread-safe.
 */
public final class Reports {
  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  /** Where in the state folder logs are spooled. */
  static final String SPOOL = "spool";

  /** What a build's log may take on disk; beyond it head and tail stay. */
  static final long LOG_BYTES = 64L << 20;

  /** {@code logs} of a status replaces the panel's whole log, so it carries this much. */
  static final int TAIL_BYTES = 1 << 20;

  /**
   * Where Camel puts what was thrown, whole; its {@code @ExchangeException} gives the innermost
   * cause, and so "No space left on device" instead of the sentence around it.
   */
  static final String CAUGHT = "CamelExceptionCaught";

  private static final Pattern DISK_FULL =
      Pattern.compile("no space left on device|disk is full", Pattern.CASE_INSENSITIVE);

  private final Path spoolDirectory;
  private final Journal journal;
  private final Outbox outbox;
  private final Runnable cleanUpSoon;
  private final Redaction redaction;
  private final Function<BuildJob, Optional<Serving>> serving;
  private final Map<String, BuildReport> open = new ConcurrentHashMap<>();

  /**
   * @param stateDir where logs are spooled
   * @param cleanUpSoon asks for a clean-up, for a build that ran out of disk; must return at once
   * @param redaction masks secrets in all that is told of a build
   * @param serving what serves of a build's app; does not throw
   */
  public Reports(
      Path stateDir,
      Journal journal,
      Outbox outbox,
      Runnable cleanUpSoon,
      Redaction redaction,
      Function<BuildJob, Optional<Serving>> serving) {
    this.spoolDirectory = stateDir.resolve(SPOOL);
    this.journal = journal;
    this.outbox = outbox;
    this.cleanUpSoon = cleanUpSoon;
    this.redaction = redaction;
    this.serving = serving;
  }

  /** A build is noted as begun, but has no report: it must be ended by {@link Unbegun}. */
  public static final class NotOpened extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotOpened(BuildJob job, Throwable cause) {
      super(job + " can't be opened: " + cause, cause);
    }
  }

  /**
   * Opens a build's report; that of a resumed one goes on with the log it has so far.
   *
   * @throws Journal.NotNoted if the build must not begin
   * @throws NotOpened if anything else is in the way, such as a lack of memory
   */
  public BuildReport open(QueuedBuild queued) {
    if (queued instanceof QueuedBuild.Resumed resumed) {
      journal.reopen(JournalEntry.begun(resumed.job()).with(resumed.image()));
      return takeOrThrow(resumed.job());
    }
    BuildJob job = (BuildJob) queued;
    journal.open(JournalEntry.begun(job));
    return takeOrThrow(job);
  }

  private BuildReport takeOrThrow(BuildJob job) {
    try {
      return take(job);
    } catch (RuntimeException | OutOfMemoryError e) {
      redaction.close(job.deploymentId());
      throw new NotOpened(job, e);
    }
  }

  /** Ends a build that an earlier run of the worker left, and that can't be carried on. */
  public Outcome interrupted(JournalEntry entry) {
    BuildReport report = take(entry.job());
    Phase phase = entry.phase();
    return conclude(
        report,
        phase.isDeploying() ? Result.DEPLOYMENT_FAILED : Result.BUILDING_FAILED,
        Optional.of(
            "The worker was restarted while this build was in stage "
                + phase.label()
                + "; deploy again"),
        Optional.of("worker"),
        Optional.empty());
  }

  private BuildReport take(BuildJob job) {
    String url = job.source().url();
    // the user of an ssh address is no secret
    List<String> others = url.startsWith("http") ? SecretRules.ofRepository(url) : List.of();
    Redactor redactor = redaction.open(job.deploymentId(), job.environment(), shown(job), others);
    LogSpool spool = new LogSpool(spoolDirectory, job.deploymentId(), LOG_BYTES);
    BuildReport report = new BuildReport(job, redactor, spool, journal);
    open.put(job.deploymentId(), report);
    if (!redactor.findsAllForms()) {
      report.line(
          Level.WARN,
          "This build has so many secrets that the last of them are masked in clear alone, not in"
              + " base64, URLs and JSON");
    }
    return report;
  }

  /** What stands in names of images and containers, and in texts for people, is no secret. */
  private static Set<String> shown(BuildJob job) {
    Set<String> shown = new HashSet<>(Set.of(job.deploymentId(), job.appId(), job.appName()));
    job.organizationId().ifPresent(shown::add);
    job.source().sha().ifPresent(shown::add);
    return shown;
  }

  /** The reports of running builds. */
  public List<BuildReport> running() {
    return List.copyOf(open.values());
  }

  /** Where a running build is. */
  public Phase phaseOf(Build build) {
    BuildReport report = open.get(build.job().deploymentId());
    return report == null ? Phase.CONCLUDE : report.phase();
  }

  /** {@code building}, at once after the claim: this takes the build off the panel's queue. */
  public void building(@Variable("build") Build build) {
    outbox.add(Report.status(build.job(), "building"));
  }

  /** {@code building_success}: the one status that makes the panel's app row deployed. */
  public void imageBuilt(@Variable("build") Build build, @Body BuiltImage image) {
    journal.built(build.job(), image);
    outbox.add(Report.status(build.job(), "building_success"));
  }

  /** {@code deployed}: the app is live. */
  public Outcome deployed(@Variable("build") Build build, @Body Deployment deployment) {
    return conclude(
        open.get(build.job().deploymentId()),
        Result.DEPLOYED,
        Optional.empty(),
        Optional.empty(),
        Optional.of(deployment));
  }

  /**
   * {@code building_failed} or {@code deployment_failed}, by how far the build came. Whatever was
   * thrown, the customer gets one sentence; what is no {@link BuildFailure} is logged here too.
   */
  public Outcome failed(@Variable("build") Build build, @ExchangeProperty(CAUGHT) Exception error) {
    Phase phase = phaseOf(build);
    Result result = phase.isDeploying() ? Result.DEPLOYMENT_FAILED : Result.BUILDING_FAILED;
    Throwable cause = Reason.of(error);
    if (DISK_FULL.matcher(String.valueOf(cause.getMessage())).find()) {
      cleanUpSoon.run();
    }
    if (!(cause instanceof BuildFailure)) {
      log.warn("{} failed in stage {}", build.job(), phase.label(), error);
    }
    String message =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return conclude(
        open.get(build.job().deploymentId()),
        result,
        Optional.of(message),
        Optional.of(Reason.fault(cause)),
        Optional.empty());
  }

  private Outcome conclude(
      BuildReport report,
      Result result,
      Optional<String> error,
      Optional<String> fault,
      Optional<Deployment> deployment) {
    BuildJob job = report.job();
    open.remove(job.deploymentId());
    Optional<String> message = error.map(Texts::storable).map(report::mask);
    report.entered(Phase.CONCLUDE);
    message.ifPresent(m -> report.line(Level.ERROR, "Failed: " + m));
    report.conclude();
    Map<Phase, Duration> durations = report.durations();
    Report last =
        new Report(
            job.appId(),
            job.deploymentId(),
            result.status(),
            Optional.of(report.spool().tail(TAIL_BYTES)),
            message,
            deployment
                .map(d -> ResultFields.of(d, durations, report::mask))
                .orElseGet(() -> ResultFields.of(serving.apply(job), durations)));
    deliver(job, last, report.spool());
    redaction.close(job.deploymentId());
    return new Outcome(job, result, message, fault, deployment, durations);
  }

  /** In this order a crash in between leads to the same status again, never to another or none. */
  private void deliver(BuildJob job, Report last, LogSpool spool) {
    journal.concluded(job, last);
    outbox.add(last, () -> journal.close(job));
    spool.delete();
  }
}
