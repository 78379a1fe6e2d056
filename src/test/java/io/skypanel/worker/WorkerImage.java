package io.skypanel.worker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.model.BuildResponseItem;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/**
 * The image that the {@code Dockerfile} makes, on a base made on this machine. The base and the
 * stage with Maven's downloads stay in the engine for the next run; closing removes the rest.
 */
final class WorkerImage implements AutoCloseable {
  private static final File PROJECT = WorkerProcess.PROJECT.toFile();
  private static final String DOWNLOADS = "skypanel-sandbox/worker-dependencies:latest";

  private final DockerClient docker;
  private final String build = "skypanel-sandbox/worker-build:" + UUID.randomUUID();
  private final String name = "skypanel-sandbox/worker:" + UUID.randomUUID();

  private WorkerImage(DockerClient docker) {
    this.docker = docker;
  }

  static WorkerImage build(DockerClient docker) {
    WorkerImage image = new WorkerImage(docker);
    String base = base();
    // each stage under a name of its own, so that what is removed at the end is known
    image.buildStage("dependencies", DOWNLOADS, base);
    image.buildStage("build", image.build, base);
    image.buildStage("", image.name, base);
    return image;
  }

  String name() {
    return name;
  }

  private static String base() {
    try {
      Process script =
          new ProcessBuilder("src/test/scripts/base-image")
              .directory(PROJECT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String output =
          new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (script.waitFor() != 0) {
        throw new IllegalStateException("src/test/scripts/base-image failed; see its output");
      }
      return output;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void buildStage(String stage, String tag, String base) {
    StringBuffer output = new StringBuffer();
    var callback =
        new BuildImageResultCallback() {
          @Override
          public void onNext(BuildResponseItem item) {
            output.append(item.getStream() == null ? "" : item.getStream());
            super.onNext(item);
          }
        };
    try {
      docker
          .buildImageCmd()
          .withBaseDirectory(PROJECT)
          .withDockerfile(new File(PROJECT, "Dockerfile"))
          .withBuildArg("BUILD_IMAGE", base)
          .withBuildArg("RUNTIME_IMAGE", base)
          .withTarget(stage)
          .withTags(Set.of(tag))
          .withForcerm(true)
          .exec(callback)
          .awaitImageId();
    } catch (RuntimeException e) {
      throw new IllegalStateException("stage '" + stage + "' of the Dockerfile:\n" + output, e);
    }
  }

  @Override
  public void close() {
    docker.removeImageCmd(name).exec();
    docker.removeImageCmd(build).exec();
  }
}
