package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The untagged images of a build whose worker was killed. They bear no label, but the build's log
 * on disk names them, and the container of the step that the engine may have brought to its end
 * when nobody listened any more. Never throws; thread-safe.
 */
public final class CutOffBuild {
  private static final Logger LOG = LoggerFactory.getLogger(CutOffBuild.class);

  private final DockerClient docker;
  private final BuildRemains remains;
  private final Consumer<List<String>> leftovers;

  /**
   * @param leftovers gets the ids, as from {@link ClassicImageBuilder}
   */
  public CutOffBuild(DockerClient docker, Consumer<List<String>> leftovers) {
    this.docker = docker;
    this.remains = new BuildRemains(docker);
    this.leftovers = leftovers;
  }

  /** Finds what the build with this log left, for clean-up to remove. */
  public void leave(String log) {
    ClassicOutput output = new ClassicOutput();
    log.lines().forEach(line -> output.accept(line + "\n"));
    try {
      List<String> made = new ArrayList<>(remains.untagged(output.images()));
      output.container().ifPresent(container -> addMadeIn(container, made));
      if (!made.isEmpty()) {
        leftovers.accept(made);
      }
    } catch (RuntimeException e) {
      LOG.warn(
          "Intermediate images of a build that was cut off may be left behind: {}", e.toString());
    }
  }

  private void addMadeIn(String container, List<String> made) {
    for (Image image : docker.listImagesCmd().withShowAll(true).exec()) {
      inspect(image.getId())
          .filter(found -> found.getRepoTags() == null || found.getRepoTags().isEmpty())
          .filter(found -> String.valueOf(found.getContainer()).startsWith(container))
          .map(InspectImageResponse::getId)
          .filter(id -> !made.contains(id))
          .ifPresent(made::add);
    }
  }

  private Optional<InspectImageResponse> inspect(String id) {
    try {
      return Optional.of(docker.inspectImageCmd(id).exec());
    } catch (NotFoundException gone) {
      return Optional.empty();
    }
  }
}
