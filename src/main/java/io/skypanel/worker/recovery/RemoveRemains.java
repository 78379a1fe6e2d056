package io.skypanel.worker.recovery;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.checkout.WorkspaceRemover;
import io.skypanel.worker.deploy.DeployTarget;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.engine.ImageRecordFault;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a build that was cut off left half done: its workspace, its container unless people
 * meet it, and its image unless there is a way back to it. What the engine keeps is a warning, and
 * clean-up's. Thread-safe.
 */
public final class RemoveRemains implements Consumer<BuildJob> {
  private static final Logger log = LoggerFactory.getLogger(RemoveRemains.class);

  private final WorkspaceRemover workspaces;
  private final Path workspaceDir;
  private final DeployTarget target;
  private final AppRecords records;
  private final Launches launches;
  private final DockerClient docker;
  private final String workerId;

  /**
   * @param workspaceDir where the builds' workspaces are
   * @param target where apps run
   * @param records which deployments serve or have served
   * @param launches what can be started again, whatever the records say
   * @param workerId whose images they are
   */
  public RemoveRemains(
      WorkspaceRemover workspaces,
      Path workspaceDir,
      DeployTarget target,
      AppRecords records,
      Launches launches,
      DockerClient docker,
      String workerId) {
    this.workspaces = workspaces;
    this.workspaceDir = workspaceDir;
    this.target = target;
    this.records = records;
    this.launches = launches;
    this.docker = docker;
    this.workerId = workerId;
  }

  /**
   * @throws java.io.UncheckedIOException if the disk does not tell what serves: the engine is left
   *     alone then
   */
  @Override
  public void accept(BuildJob job) {
    workspaces.removeFolder(job.workspaceIn(workspaceDir));
    String id = job.deploymentId();
    Optional<AppRecord> app = records.find(job.appId());
    // a record may be lost, and the launch show all the same that people met it
    boolean wasStarted = launches.find(id).isPresent();
    boolean serves =
        app.map(a -> a.current().filter(d -> d.deploymentId().equals(id)).isPresent())
            .orElse(wasStarted);
    boolean hasServed =
        wasStarted || app.flatMap(a -> a.deployment(id)).filter(AppDeployment::served).isPresent();
    if (!serves) {
      removeContainer(job);
    }
    if (!hasServed) {
      removeImage(ImageRef.of(job));
    }
  }

  private void removeContainer(BuildJob job) {
    String name = ImageRef.containerName(job);
    try {
      if (isOurs(docker.inspectContainerCmd(name).exec().getConfig())) {
        target.rollBack(job);
      }
    } catch (NotFoundException gone) {
      // it was cut off before that
    } catch (BuildFailure e) {
      log.warn("Container {} is left to clean-up: {}", name, e.getMessage());
    } catch (RuntimeException e) {
      log.warn("Container {} is left to clean-up: {}", name, EngineMessage.of(e));
    }
  }

  /** Of an app without a record clean-up keeps the newest image, which may have served. */
  private void removeImage(ImageRef ref) {
    try {
      if (isOurs(ref)) {
        docker.removeImageCmd(ref.toString()).withForce(false).withNoPrune(true).exec();
      }
    } catch (NotFoundException gone) {
      // it was cut off before its end
    } catch (RuntimeException e) {
      log.warn("Image {} is left to clean-up: {}", ref, EngineMessage.of(e));
    }
  }

  private boolean isOurs(ImageRef ref) {
    try {
      return isOurs(docker.inspectImageCmd(ref.toString()).exec().getConfig());
    } catch (RuntimeException e) {
      if (ImageRecordFault.of(e).isEmpty()) {
        throw e;
      }
      // it must go: each look at the engine's images would have to read it
      return true;
    }
  }

  /**
   * Another worker on this engine, which took the build as well, gives its container and image the
   * same names. An image that pack was making when it was cut off has no labels yet.
   */
  private boolean isOurs(ContainerConfig config) {
    Map<String, String> labels = config == null ? null : config.getLabels();
    return labels == null || labels.getOrDefault(Labels.WORKER, workerId).equals(workerId);
  }
}
