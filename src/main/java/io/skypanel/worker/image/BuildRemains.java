package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.job.ImageRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a build of the engine's leaves behind. Never throws; thread-safe. */
final class BuildRemains {
  private static final Logger LOG = LoggerFactory.getLogger(BuildRemains.class);

  /** How long the engine has to remove a container itself. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private static final long LOOK_EVERY_MILLIS = 50;

  /** The engine's clock may be another machine's. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

  private final DockerClient docker;

  /** Containers that an engine that was away could not remove. */
  private final Map<String, Instant> undone = new ConcurrentHashMap<>();

  BuildRemains(DockerClient docker) {
    this.docker = docker;
  }

  /**
   * Waits until the engine has removed a build's container, and removes it if it does not.
   *
   * @param start when the build began: an older container is somebody else's, whose id the build's
   *     output may have been made to show
   */
  void endContainer(String id, Instant start) {
    long deadline = System.nanoTime() + GRACE.toNanos();
    try {
      while (System.nanoTime() < deadline) {
        docker.inspectContainerCmd(id).exec();
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
      InspectContainerResponse container = docker.inspectContainerCmd(id).exec();
      boolean app = container.getName().startsWith("/" + ImageRef.PREFIX);
      if (!app && Instant.parse(container.getCreated()).isAfter(start.minus(CLOCK_SKEW))) {
        docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      }
    } catch (NotFoundException e) {
      // gone, as it should be
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      undone.put(id, start);
      LOG.warn("The build container {} is removed with the next build: {}", id, e.toString());
    }
  }

  /** Removes what could not be removed when its build failed. */
  void endUndone() {
    for (Map.Entry<String, Instant> container : Map.copyOf(undone).entrySet()) {
      undone.remove(container.getKey());
      endContainer(container.getKey(), container.getValue());
    }
  }

  /** Those of {@code ids} that are there and have no name, by their full ids. */
  List<String> untagged(List<String> ids) {
    List<String> found = new ArrayList<>();
    for (String id : ids) {
      try {
        InspectImageResponse image = docker.inspectImageCmd(id).exec();
        if (image.getRepoTags() == null || image.getRepoTags().isEmpty()) {
          found.add(image.getId());
        }
      } catch (NotFoundException e) {
        // gone again
      } catch (RuntimeException e) {
        LOG.warn("The intermediate image {} may be left behind: {}", id, e.toString());
      }
    }
    return List.copyOf(found);
  }
}
