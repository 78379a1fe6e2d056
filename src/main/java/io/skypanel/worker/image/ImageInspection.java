package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import io.skypanel.worker.engine.ImageRecordFault;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.ImageRef;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's own record of the image that a build made. */
final class ImageInspection {
  private static final Logger LOG = LoggerFactory.getLogger(ImageInspection.class);

  /** Of ports, labels and volumes each: lists of all images and containers repeat them. */
  private static final int MAX_EACH = 1000;

  /** Of all labels: a list of a hundred containers would else fill the memory. */
  private static final int MAX_LABEL_CHARS = 64 * 1024;

  private static final int MAX_LABEL_NAME = 4096;

  private ImageInspection() {}

  /**
   * Asks the engine: what a build's output says, a program may have printed.
   *
   * @throws BuildFailure.UserFault if the record is larger than anybody needs; the image is gone
   *     then, for each look at the engine's images would have to read it
   */
  static InspectImageResponse of(DockerClient docker, ImageRef ref, EngineFailure failure)
      throws BuildFailure {
    try {
      InspectImageResponse image = docker.inspectImageCmd(ref.toString()).exec();
      Optional<String> excess = excess(image.getConfig());
      if (excess.isPresent()) {
        throw refused(docker, ref, excess.get());
      }
      return image;
    } catch (NotFoundException e) {
      throw failure.ofSilence();
    } catch (RuntimeException e) {
      Optional<String> unreadable = ImageRecordFault.of(e);
      if (unreadable.isPresent()) {
        throw refused(docker, ref, unreadable.get());
      }
      throw failure.of(e);
    }
  }

  static Optional<String> excess(ContainerConfig config) {
    if (config == null) {
      return Optional.empty();
    }
    int ports = config.getExposedPorts() == null ? 0 : config.getExposedPorts().length;
    return excess("EXPOSE", ports)
        .or(() -> excess("LABEL", size(config.getLabels())))
        .or(() -> excess("VOLUME", size(config.getVolumes())))
        .or(() -> excess(config.getLabels()));
  }

  private static Optional<String> excess(Map<String, String> labels) {
    int characters = 0;
    int longestName = 0;
    for (Map.Entry<String, String> label :
        (labels == null ? Map.<String, String>of() : labels).entrySet()) {
      characters += label.getKey().length() + label.getValue().length();
      longestName = Math.max(longestName, label.getKey().length());
    }
    if (longestName > MAX_LABEL_NAME) {
      return Optional.of(
          "a label's name has %d characters, more than %d".formatted(longestName, MAX_LABEL_NAME));
    }
    return characters <= MAX_LABEL_CHARS
        ? Optional.empty()
        : Optional.of("its labels have %d characters, more than 64 Ki".formatted(characters));
  }

  private static int size(Map<?, ?> values) {
    return values == null ? 0 : values.size();
  }

  private static Optional<String> excess(String instruction, int number) {
    return number <= MAX_EACH
        ? Optional.empty()
        : Optional.of(
            "it has %d entries by %s, more than %d".formatted(number, instruction, MAX_EACH));
  }

  private static BuildFailure.UserFault refused(DockerClient docker, ImageRef ref, String why) {
    try {
      docker.removeImageCmd(ref.toString()).withForce(true).exec();
    } catch (RuntimeException e) {
      LOG.warn("The image {} is refused and can't be removed: {}", ref, e.getMessage());
    }
    return new BuildFailure.UserFault(
        "The image can't be used: " + why + "; have the Dockerfile and its base image set less");
  }
}
