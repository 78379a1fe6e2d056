package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.skypanel.worker.engine.ContainerSwitch;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The containers of one app on the engine. A label alone proves nothing, since a container that an
 * operator starts from an app's image inherits the image's labels: the name must fit too.
 */
final class AppContainers {
  static final int GRACE_SECONDS = 10;
  private static final String UUID =
      "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

  private final DockerClient docker;
  private final ContainerSwitch power;

  AppContainers(DockerClient docker, ContainerSwitch power) {
    this.docker = docker;
    this.power = power;
  }

  /** All of the app's, running or not, the Node.js agent's unlabelled ones too. */
  List<Container> of(String appId) {
    Stream<String> prefixes =
        Stream.of(appId, ImageRef.clean(appId)).distinct().map(ImageRef.PREFIX::concat);
    return prefixes
        .flatMap(prefix -> named("^/?" + regex(prefix) + "-").stream())
        .filter(container -> belongs(names(container), container.getLabels(), appId))
        .toList();
  }

  /** Those that were made for this very deployment: one or none. */
  List<Container> ofDeployment(BuildJob job) {
    String name = ImageRef.containerName(job);
    return named("^/?" + regex(name) + "$").stream()
        .filter(container -> belongs(names(container), container.getLabels(), job.appId()))
        .filter(
            container -> {
              String deployment = container.getLabels().get(Labels.DEPLOYMENT);
              return deployment == null || deployment.equals(job.deploymentId());
            })
        .toList();
  }

  /** Whether a container of these names and labels is one of the app's. */
  static boolean belongs(List<String> names, Map<String, String> labels, String appId) {
    if (labels.containsKey(Labels.APP)) {
      String prefix = ImageRef.PREFIX + ImageRef.clean(appId) + "-";
      return labels.get(Labels.APP).equals(appId)
          && names.stream().anyMatch(name -> name.startsWith(prefix));
    }
    // an id that begins with this app's leaves something in between that is no UUID
    Pattern oldAgents = Pattern.compile(ImageRef.PREFIX + Pattern.quote(appId) + "-" + UUID);
    return names.stream().anyMatch(name -> oldAgents.matcher(name).matches());
  }

  /** Stops and removes it with its anonymous volumes; one that is gone is no error. */
  void stopAndRemove(String id) {
    power.stop(id, GRACE_SECONDS);
    remove(id);
  }

  /** Kills and removes it with its anonymous volumes; one that is gone is no error. */
  void remove(String id) {
    try {
      docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
    } catch (NotFoundException gone) {
      // that is what was wanted
    } catch (ConflictException e) {
      if (!EngineMessage.of(e).contains("already in progress")) {
        throw e;
      }
    }
  }

  private List<Container> named(String regex) {
    return docker.listContainersCmd().withShowAll(true).withNameFilter(List.of(regex)).exec();
  }

  /** The engine's regular expressions are Go's, which know no {@code \Q…\E} inside a filter. */
  private static String regex(String name) {
    return name.replaceAll("[^A-Za-z0-9_-]", ".");
  }

  private static List<String> names(Container container) {
    return Arrays.stream(container.getNames()).map(n -> n.replaceFirst("^/", "")).toList();
  }
}
