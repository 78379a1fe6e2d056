package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A second Docker Engine on this machine, whose containers' root is nobody on the host
 * (userns-remap). It leaves the first one's firewall rules alone, so its containers reach this
 * machine and each other only. Needs root.
 */
final class RemappedEngine implements AutoCloseable {
  private static final String BRIDGE = "skyremap0";
  private static final String ADDRESS = "172.31.250.1/24";

  private final Path folder;
  private final Process process;
  private final DockerEngine engine;

  private RemappedEngine(Path folder, Process process, DockerEngine engine) {
    this.folder = folder;
    this.process = process;
    this.engine = engine;
  }

  /** Starts one that keeps its files in {@code folder}, and waits until it answers. */
  static RemappedEngine start(Path folder) throws Exception {
    // its containers' users pass through
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    run("ip", "link", "add", BRIDGE, "type", "bridge");
    run("ip", "address", "add", ADDRESS, "dev", BRIDGE);
    run("ip", "link", "set", BRIDGE, "up");
    Process process =
        new ProcessBuilder(
                "dockerd",
                "--userns-remap=default",
                "--iptables=false",
                "--ip-forward=false",
                "--ip-masq=false",
                "--bridge=" + BRIDGE,
                "--data-root=" + folder.resolve("data"),
                "--exec-root=" + folder.resolve("exec"),
                "--pidfile=" + folder.resolve("pid"),
                "--host=unix://" + socket(folder))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    var endpoint = new DockerEndpoint("unix://" + socket(folder), false, Optional.empty());
    RemappedEngine remapped = new RemappedEngine(folder, process, new DockerEngine(endpoint));
    try {
      await().atMost(Duration.ofMinutes(1)).until(remapped::answers);
    } catch (RuntimeException | Error e) {
      remapped.close();
      throw e;
    }
    return remapped;
  }

  /** What {@code DOCKER_HOST} must be. */
  String host() {
    return "unix://" + socket(folder);
  }

  DockerClient docker() {
    return engine.client();
  }

  private static Path socket(Path folder) {
    return folder.resolve("docker.sock");
  }

  private boolean answers() throws IOException {
    assertThat(process.isAlive()).as(() -> log()).isTrue();
    if (!Files.exists(socket(folder))) {
      return false;
    }
    engine.client().pingCmd().exec();
    return true;
  }

  private String log() {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("log"));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void run(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    engine.close();
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    run("ip", "link", "delete", BRIDGE);
  }
}
