package io.skypanel.worker.chaos;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Docker Engine that is the suite's alone, so that it may be stopped. */
final class OwnEngine implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private final Path folder;
  private final String cgroup;
  private final DockerEngine engine;
  private Process process;

  /** Starts it, with the samples' base image. */
  OwnEngine(Path folder, String cgroup) throws IOException, InterruptedException {
    this.folder = folder;
    this.cgroup = cgroup;
    this.engine = new DockerEngine(new DockerEndpoint(host(), false, Optional.empty()));
    start();
    BusyboxImage.ensure(docker());
  }

  /** As in {@code DOCKER_HOST}. */
  String host() {
    return "unix://" + folder.resolve("docker.sock");
  }

  DockerClient docker() {
    return engine.client();
  }

  /** Comes back when it answers. */
  void start() throws IOException, InterruptedException {
    List<String> command =
        List.of(
            "dockerd",
            "--host=" + host(),
            "--data-root=" + folder.resolve("data"),
            "--exec-root=" + folder.resolve("exec"),
            "--pidfile=" + folder.resolve("dockerd.pid"),
            "--cgroup-parent=" + cgroup,
            "--shutdown-timeout=5");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("dockerd.log").toFile()))
            .start();
    if (!Wait.until(START_LIMIT, this::answers)) {
      throw new IllegalStateException("dockerd does not start, see " + folder + "/dockerd.log");
    }
  }

  private boolean answers() {
    docker().pingCmd().exec();
    return true;
  }

  /** Comes back when it has ended. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("dockerd does not stop, see " + folder + "/dockerd.log");
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    engine.close();
    stop();
  }
}
