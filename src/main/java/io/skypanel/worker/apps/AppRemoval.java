package io.skypanel.worker.apps;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import io.skypanel.worker.engine.ContainerSwitch;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.network.AppNetworks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what an app has in the engine: only with this worker's label <em>and</em> a name or
 * record that fits, since whatever somebody makes of an app's image inherits the labels. What
 * something else uses stays. Thread-safe; throws what docker-java throws.
 */
public final class AppRemoval {
  private static final Logger log = LoggerFactory.getLogger(AppRemoval.class);

  private final DockerClient docker;
  private final String workerId;
  private final ContainerSwitch power;
  private final AppNetworks networks;

  /**
   * Removes what {@code workerId} made.
   *
   * @param power stops containers
   * @param networks goes through what containers leave behind
   */
  public AppRemoval(
      DockerEngine engine, String workerId, ContainerSwitch power, AppNetworks networks) {
    this.docker = engine.client();
    this.workerId = workerId;
    this.power = power;
    this.networks = networks;
  }

  /** Whether anything has the app's label and this worker's. */
  boolean hasAny(String appId) {
    return !labelledContainers(appId).isEmpty()
        || !labelledImages(appId).isEmpty()
        || !volumes(appId).isEmpty();
  }

  /** Removes its containers, with their anonymous volumes; returns how many. */
  int containers(AppRecord app, int graceSeconds) {
    List<String> ids =
        labelledContainers(app.appId()).stream()
            .filter(container -> belongs(container, app))
            .map(Container::getId)
            .toList();
    for (String id : ids) {
      power.stop(id, graceSeconds);
      try {
        docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      } catch (NotFoundException gone) {
        // that is what was wanted
      }
    }
    return ids.size();
  }

  /**
   * Removes its network if no other app is on it, with any other that no container is on. What
   * can't be removed is left to clean-up and added to {@code left}: the rest must go all the same.
   */
  void networks(List<String> left) {
    try {
      networks.removeUnused().failed().forEach(name -> left.add("network " + name));
    } catch (RuntimeException e) {
      log.warn("Networks that no container is on are left: {}", EngineMessage.of(e));
      left.add("its network");
    }
  }

  private static boolean belongs(Container container, AppRecord app) {
    String deployment = String.valueOf(container.getLabels().get(Labels.DEPLOYMENT));
    String name = "/" + ImageRef.containerName(app.appId(), deployment);
    return Arrays.asList(container.getNames()).contains(name)
        || app.retiring().stream().anyMatch(r -> r.containerId().equals(container.getId()))
        || app.deployments().stream()
            .anyMatch(d -> d.containerId().filter(container.getId()::equals).isPresent());
  }

  /** Removes its images; those in use are added to {@code kept}. Returns how many went. */
  int images(AppRecord app, List<String> kept) {
    int removed = 0;
    for (Image image : labelledImages(app.appId())) {
      for (String name : names(image, app)) {
        try {
          // its untagged parts may be what a running build stands upon: they are clean-up's
          docker.removeImageCmd(name).withForce(false).withNoPrune(true).exec();
          removed++;
        } catch (NotFoundException gone) {
          // that is what was wanted
        } catch (ConflictException inUse) {
          kept.add("image " + name);
        }
      }
    }
    return removed;
  }

  private static List<String> names(Image image, AppRecord app) {
    String ours = ImageRef.PREFIX + ImageRef.clean(app.appId()) + ":";
    String[] tags = image.getRepoTags() == null ? new String[0] : image.getRepoTags();
    List<String> names = Arrays.stream(tags).filter(tag -> tag.startsWith(ours)).toList();
    boolean nameless = Arrays.stream(tags).allMatch(tag -> tag.startsWith("<none>"));
    boolean known = app.deployments().stream().anyMatch(d -> d.imageId().equals(image.getId()));
    return nameless && known ? List.of(image.getId()) : names;
  }

  /** The names of its volumes: those with its label and this worker's. */
  List<String> volumes(String appId) {
    List<String> labels = new ArrayList<>();
    labels(appId).forEach((name, value) -> labels.add(name + "=" + value));
    List<InspectVolumeResponse> found =
        docker.listVolumesCmd().withFilter("label", labels).exec().getVolumes();
    return found == null ? List.of() : found.stream().map(InspectVolumeResponse::getName).toList();
  }

  /** Removes these volumes; those in use are added to {@code kept}. Returns how many went. */
  int removeVolumes(List<String> names, List<String> kept) {
    int removed = 0;
    for (String name : names) {
      try {
        docker.removeVolumeCmd(name).exec();
        removed++;
      } catch (NotFoundException gone) {
        // that is what was wanted
      } catch (ConflictException inUse) {
        kept.add("volume " + name);
      }
    }
    return removed;
  }

  private List<Container> labelledContainers(String appId) {
    return docker.listContainersCmd().withShowAll(true).withLabelFilter(labels(appId)).exec();
  }

  private List<Image> labelledImages(String appId) {
    return docker.listImagesCmd().withLabelFilter(labels(appId)).exec();
  }

  private Map<String, String> labels(String appId) {
    return Map.of(Labels.WORKER, workerId, Labels.APP, appId);
  }
}
