package io.skypanel.worker.intake;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.PanelAnswer;
import io.skypanel.worker.panel.PanelRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Accepts a build at the panel. Losing it is no error: the build stays in the queue. Thread-safe.
 */
public final class Claim {
  private static final Logger log = LoggerFactory.getLogger(Claim.class);

  private final NodeCredentials credentials;
  private final Path workspaceDir;
  private final Function<QueuedBuild, Progress> reports;

  /**
   * @param reports opens the build's report
   */
  public Claim(
      NodeCredentials credentials, Path workspaceDir, Function<QueuedBuild, Progress> reports) {
    this.credentials = credentials;
    this.workspaceDir = workspaceDir;
    this.reports = reports;
  }

  /** What is to be built, whether it is new or resumed. */
  public BuildJob job(@Body QueuedBuild queued) {
    return queued instanceof QueuedBuild.Resumed resumed ? resumed.job() : (BuildJob) queued;
  }

  /** Whether it must be accepted and built from the start. */
  public boolean isNew(@Variable("queued") QueuedBuild queued) {
    return queued instanceof BuildJob;
  }

  /** Whether an earlier run of the worker has accepted it. */
  public boolean isResumed(@Variable("queued") QueuedBuild queued) {
    return !isNew(queued);
  }

  /** The image of a resumed build. */
  public BuiltImage image(@Variable("queued") QueuedBuild.Resumed resumed) {
    return resumed.image();
  }

  /** The accept call. */
  public PanelRequest accept(@Variable("job") BuildJob job) {
    return PanelRequest.post(
        PanelRequest.Kind.ACCEPT,
        "/builds/" + job.deploymentId() + "/accept",
        Map.of("nodeId", credentials.nodeId()));
  }

  /** Whether the panel lets this node accept nothing at all. */
  public boolean isRefused(@Body PanelAnswer answer) {
    return answer.status() == 403;
  }

  /** Whether the build is this worker's now. */
  public boolean isGranted(@Body PanelAnswer answer, @Variable("job") BuildJob job) {
    if (!answer.succeeded() && !isRefused(answer)) {
      log.warn("{} could not be accepted ({}); it stays queued", job, answer.describe());
    }
    return answer.succeeded();
  }

  /** Opens the build: its report, its workspace's name, its stop signal. */
  public Build open(@Variable("queued") QueuedBuild queued) {
    BuildJob job = job(queued);
    // the build's stages run on this thread; release takes it back
    MDC.put(Build.LOG_KEY, job.deploymentId());
    StopSignal stop = new StopSignal();
    return new Build(job, job.workspaceIn(workspaceDir), reports.apply(queued), stop);
  }

  /** Throws if the build was stopped while a hook route ran. */
  public void check(@Variable("build") Build build) throws BuildFailure {
    build.stop().check();
  }
}
