package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Puts this worker's labels on an image that {@code pack} made, which sets none of ours. */
final class PackLabels {
  /** The engine's words about it say nothing to a customer. */
  private static final Progress SILENT =
      new Progress() {
        @Override
        public void entered(Phase phase) {}

        @Override
        public void line(Level level, String text) {}

        @Override
        public void output(String chunk) {}
      };

  private final DockerClient docker;
  private final String workerId;

  PackLabels(DockerClient docker, String workerId) {
    this.docker = docker;
    this.workerId = workerId;
  }

  /** Whatever fails here is no fault of the repository's. */
  void putOn(ImageRef ref, Build build) throws BuildFailure {
    ClassicBuild running = new ClassicBuild(SILENT, new ClassicOutput());
    try (var ignored = build.stop().onStop(running::abort)) {
      docker
          .buildImageCmd()
          .withTarInputStream(new ByteArrayInputStream(context(ref)))
          .withTags(Set.of(ref.toString()))
          .withLabels(Labels.of(workerId, build.job()))
          .withForcerm(true)
          .exec(running);
      running.awaitCompletion();
    } catch (InterruptedException e) {
      running.abort();
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("The worker is stopping, so the build was ended", e);
    } catch (IOException | RuntimeException e) {
      throw unlabelled(e.getMessage(), e);
    }
    build.stop().check();
    if (running.thrown().isPresent()) {
      throw unlabelled(running.thrown().get().getMessage(), running.thrown().get());
    }
    if (!running.succeeded()) {
      throw unlabelled(
          running.error().map(EngineError::message).orElse("the engine gave no reason"), null);
    }
  }

  private static BuildFailure.WorkerFault unlabelled(String reason, Throwable cause) {
    return new BuildFailure.WorkerFault(
        "The image that pack made can't be labelled: " + reason, cause);
  }

  private static byte[] context(ImageRef ref) throws IOException {
    byte[] dockerfile = ("FROM " + ref + "\n").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream context = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(context)) {
      TarArchiveEntry entry = new TarArchiveEntry("Dockerfile");
      entry.setSize(dockerfile.length);
      tar.putArchiveEntry(entry);
      tar.write(dockerfile);
      tar.closeArchiveEntry();
    }
    return context.toByteArray();
  }
}
