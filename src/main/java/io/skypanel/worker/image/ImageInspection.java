package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.ImageRef;

/** The engine's own record of the image that a build made. */
final class ImageInspection {
  private ImageInspection() {}

  /** Asks the engine: what a build's output says, a program may have printed. */
  static InspectImageResponse of(DockerClient docker, ImageRef ref, EngineFailure failure)
      throws BuildFailure {
    try {
      return docker.inspectImageCmd(ref.toString()).exec();
    } catch (NotFoundException e) {
      throw failure.ofSilence();
    } catch (RuntimeException e) {
      throw failure.of(e);
    }
  }
}
