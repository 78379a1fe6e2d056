package io.skypanel.worker.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.SettingsException;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The engine as a sandbox uses it: for the samples' base image, and to clear up after a worker. */
final class SandboxEngine implements AutoCloseable {
  private static final Pattern MADE =
      Pattern.compile("(?<!Using cache\n)^ ---> ([0-9a-f]{12})$", Pattern.MULTILINE);

  private final DockerEngine engine;

  private SandboxEngine(DockerEngine engine) {
    this.engine = engine;
  }

  /**
   * Connects to the engine that a worker with this environment would use.
   *
   * @param scratch an existing folder where settings that need one are put
   * @throws SettingsException if {@code DOCKER_HOST} or its companions are wrong
   */
  static SandboxEngine connect(Map<String, String> environment, Path scratch)
      throws SettingsException {
    Map<String, String> variables = new HashMap<>();
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("DOCKER_")) {
            variables.put(name, value);
          }
        });
    variables.put("SKYPANEL_URL", "http://127.0.0.1");
    variables.put("WORKER_IP_ADDRESS", "127.0.0.1");
    variables.put("STATE_DIR", scratch.resolve("state").toString());
    variables.put("WORKSPACE_DIR", scratch.resolve("workspace").toString());
    WorkerSettings settings =
        WorkerSettings.read(
            new SettingSources(variables, Map.of(), Map.of()), Machine.look(environment));
    return new SandboxEngine(new DockerEngine(settings.docker()));
  }

  /**
   * Makes the samples' base image unless it is there.
   *
   * @return whether it was made
   * @throws RuntimeException if no engine answers, or this machine has no busybox
   */
  boolean makeBase() {
    boolean absent = false;
    try {
      docker().inspectImageCmd(BusyboxImage.NAME).exec();
    } catch (NotFoundException e) {
      absent = true;
    }
    BusyboxImage.ensure(docker());
    return absent;
  }

  /** Removes the base image, unless something stands on it. */
  void removeBase() {
    try {
      docker().removeImageCmd(BusyboxImage.NAME).exec();
    } catch (RuntimeException e) {
      // someone else's by now
    }
  }

  /**
   * Removes every container, network and image that carries this worker's label, and nothing else.
   */
  void removeAllOf(String workerId) {
    Map<String, String> label = Map.of(Labels.WORKER, workerId);
    for (Container container : containersOf(workerId)) {
      docker().removeContainerCmd(container.getId()).withForce(true).withRemoveVolumes(true).exec();
    }
    docker()
        .listNetworksCmd()
        .withFilter("label", List.of(Labels.WORKER + "=" + workerId))
        .exec()
        .forEach(network -> docker().removeNetworkCmd(network.getId()).exec());
    for (Image image : docker().listImagesCmd().withLabelFilter(label).exec()) {
      try {
        docker().removeImageCmd(image.getId()).withForce(true).exec();
      } catch (NotFoundException e) {
        // went with one that stood on it
      }
    }
  }

  /**
   * Removes the intermediate images that a classic build made and left, which have no label; their
   * ids are in its output. What came out of the cache, has a tag or is stood upon stays.
   */
  void removeIntermediates(String buildOutput) {
    List<String> ids =
        MADE.matcher(buildOutput).results().map(m -> m.group(1)).collect(Collectors.toList());
    Collections.reverse(ids);
    for (String id : ids) {
      try {
        List<String> tags = docker().inspectImageCmd(id).exec().getRepoTags();
        if (tags == null || tags.isEmpty()) {
          docker().removeImageCmd(id).exec();
        }
      } catch (NotFoundException | ConflictException e) {
        // gone already, or another build's as well
      }
    }
  }

  /** The containers, running or not, that carry this worker's label. */
  List<Container> containersOf(String workerId) {
    Map<String, String> label = Map.of(Labels.WORKER, workerId);
    return docker().listContainersCmd().withShowAll(true).withLabelFilter(label).exec();
  }

  DockerClient docker() {
    return engine.client();
  }

  @Override
  public void close() throws IOException {
    engine.close();
  }
}
