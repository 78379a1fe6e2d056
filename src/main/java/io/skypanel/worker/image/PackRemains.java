package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@code pack} that failed or was killed leaves in the engine. A container is told by the
 * image's name, which is one deployment's alone, among its arguments: that is the lifecycle's where
 * it does all in one container, as with builders that pack trusts, and else where it analyzes and
 * exports. One that only detects or builds says nowhere whose it is; it is left alone, and ends by
 * itself with nothing exported. Never throws; thread-safe.
 */
final class PackRemains {
  private static final Logger LOG = LoggerFactory.getLogger(PackRemains.class);

  /** The label that pack gives its containers. */
  private static final Map<String, String> OF_PACK = Map.of("author", "pack");

  private final DockerClient docker;

  PackRemains(DockerClient docker) {
    this.docker = docker;
  }

  /** Removes them, and the image if it did not come to bear a label of ours. */
  void remove(ImageRef ref) {
    try {
      for (Container container :
          docker.listContainersCmd().withShowAll(true).withLabelFilter(OF_PACK).exec()) {
        removeIfOf(ref, container.getId());
      }
      InspectImageResponse image = docker.inspectImageCmd(ref.toString()).exec();
      Map<String, String> labels = image.getConfig() == null ? null : image.getConfig().getLabels();
      if (labels == null || !labels.containsKey(Labels.WORKER)) {
        docker.removeImageCmd(ref.toString()).exec();
      }
    } catch (NotFoundException e) {
      // gone, or never made
    } catch (RuntimeException e) {
      LOG.warn("What pack made of {} may be left behind: {}", ref, e.toString());
    }
  }

  private void removeIfOf(ImageRef ref, String id) {
    try {
      InspectContainerResponse container = docker.inspectContainerCmd(id).exec();
      boolean ofRef =
          container.getArgs() != null
              && Stream.of(container.getArgs())
                  .anyMatch(arg -> arg.equals(ref.toString()) || arg.endsWith("/" + ref));
      if (ofRef) {
        docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
        removeVolumes(container);
      }
    } catch (NotFoundException e) {
      // it ended meanwhile
    }
  }

  /** Those of this one build, which pack itself names at random; never a cache. */
  private void removeVolumes(InspectContainerResponse container) {
    List<InspectContainerResponse.Mount> mounts = container.getMounts();
    if (mounts != null) {
      mounts.stream()
          .map(InspectContainerResponse.Mount::getName)
          .filter(n -> n != null && (n.startsWith("pack-layers-") || n.startsWith("pack-app-")))
          .forEach(name -> docker.removeVolumeCmd(name).exec());
    }
  }
}
