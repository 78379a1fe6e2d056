package io.skypanel.worker.cleanup;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes containers of failed and superseded deployments, which a killed worker leaves. Only with
 * this worker's label <em>and</em> a deployment's name, since what an operator starts from an app's
 * image inherits the labels. The app's current deployment stays, running or not, and what is on its
 * way out.
 */
final class LeftoverContainers {
  private static final Logger log = LoggerFactory.getLogger(LeftoverContainers.class);
  private static final int GRACE_SECONDS = 10;

  private final DockerClient docker;
  private final String workerId;
  private final AppRecords records;
  private final Supplier<Set<String>> activeDeployments;

  LeftoverContainers(
      DockerClient docker,
      String workerId,
      AppRecords records,
      Supplier<Set<String>> activeDeployments) {
    this.docker = docker;
    this.workerId = workerId;
    this.records = records;
    this.activeDeployments = activeDeployments;
  }

  Tally remove() {
    List<Container> ours =
        docker
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(Map.of(Labels.WORKER, workerId))
            .exec();
    // asked after the listing: what has begun since then is not in the list, and what has ended in
    // between has written its record
    Set<String> active = activeDeployments.get();
    Tally tally = Tally.NONE;
    for (Container container : ours) {
      try {
        if (isLeftover(container, active)) {
          tally = tally.plus(remove(container));
        }
      } catch (NotFoundException | ConflictException gone) {
        log.debug("Container {} was removed by another", container.getId());
      } catch (DockerException e) {
        log.warn("Container {} can't be removed: {}", container.getId(), e.getMessage());
      }
    }
    return tally;
  }

  private boolean isLeftover(Container container, Set<String> active) {
    String appId = container.getLabels().get(Labels.APP);
    String deploymentId = container.getLabels().get(Labels.DEPLOYMENT);
    if (appId == null || deploymentId == null || active.contains(deploymentId)) {
      return false;
    }
    String name = "/" + ImageRef.containerName(appId, deploymentId);
    if (!Arrays.asList(container.getNames()).contains(name)) {
      return false;
    }
    Optional<AppRecord> app = records.find(appId);
    if (app.stream()
        .flatMap(a -> a.retiring().stream())
        .anyMatch(r -> r.containerId().equals(container.getId()))) {
      return false;
    }
    Optional<AppDeployment> current = app.flatMap(AppRecord::current);
    if (current.isPresent()) {
      return !current.get().deploymentId().equals(deploymentId);
    }
    // without a current deployment the record may be lost, and this be the app: it is a leftover
    // only if it was never promoted
    boolean running = "running".equals(container.getState());
    return (app.isPresent() || !running) && !wasPromoted(container.getId());
  }

  private boolean wasPromoted(String id) {
    String policy =
        docker.inspectContainerCmd(id).exec().getHostConfig().getRestartPolicy().getName();
    return policy != null && !policy.isEmpty() && !policy.equals("no");
  }

  private Tally remove(Container container) {
    String id = container.getId();
    InspectContainerResponse sized = docker.inspectContainerCmd(id).withSize(true).exec();
    try {
      docker.stopContainerCmd(id).withTimeout(GRACE_SECONDS).exec();
    } catch (NotModifiedException stopped) {
      // that is what was wanted
    }
    docker.removeContainerCmd(id).withRemoveVolumes(true).exec();
    log.debug("Removed container {}", container.getNames()[0]);
    Long bytes = sized.getSizeRw();
    return Tally.ofContainers(1, bytes == null ? 0 : bytes);
  }
}
