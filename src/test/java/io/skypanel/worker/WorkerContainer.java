package io.skypanel.worker;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import io.skypanel.worker.WorkerProcess.Page;
import io.skypanel.worker.job.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A real worker in a container of its own, with the engine's socket mounted, as the old agent's
 * line has it. Closing it removes the container, its volumes, and what it made in the engine.
 */
final class WorkerContainer implements AutoCloseable {
  private static final String SOCKET = "/var/run/docker.sock";

  private final DockerClient docker;
  private final String id;
  private final int port;

  private WorkerContainer(DockerClient docker, String id, int port) {
    this.docker = docker;
    this.id = id;
    this.port = port;
  }

  /**
   * Creates and starts it.
   *
   * @param network {@code host}, or a network's name
   * @param user as {@code --user} has it; empty leaves it to the entry point
   */
  static WorkerContainer start(
      DockerClient docker,
      String image,
      String network,
      Optional<String> user,
      Map<String, String> environment)
      throws IOException {
    return start(docker, image, network, user, environment, create -> {});
  }

  /** The same with more of Docker's own options. */
  static WorkerContainer start(
      DockerClient docker,
      String image,
      String network,
      Optional<String> user,
      Map<String, String> environment,
      Consumer<CreateContainerCmd> options)
      throws IOException {
    int port = TestPorts.free();
    String name = "worker-it-" + port;
    HostConfig host =
        HostConfig.newHostConfig()
            .withNetworkMode(network)
            .withBinds(Bind.parse(SOCKET + ":" + SOCKET));
    CreateContainerCmd create = docker.createContainerCmd(image).withName(name);
    if (user.isPresent()) {
      create.withUser(user.get());
      host.withGroupAdd(List.of(Files.getAttribute(Path.of(SOCKET), "unix:gid").toString()));
    }
    options.accept(create.withHostConfig(host).withEnv(environment(name, port, environment)));
    String id = create.exec().getId();
    WorkerContainer container = new WorkerContainer(docker, id, port);
    try {
      docker.startContainerCmd(id).exec();
    } catch (RuntimeException e) {
      container.close();
      throw e;
    }
    return container;
  }

  private static List<String> environment(String name, int port, Map<String, String> extra) {
    Map<String, String> all = new TreeMap<>(extra);
    all.put("WORKER_NAME", name);
    all.put("WORKER_HOSTNAME", name);
    all.put("WORKER_IP_ADDRESS", "127.0.0.1");
    all.put("WORKER_PORT", String.valueOf(port));
    all.put("POLL_INTERVAL_SECONDS", "1");
    all.put("APP_BIND", "127.0.0.1");
    return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  ContainerState state() {
    return docker.inspectContainerCmd(id).exec().getState();
  }

  void awaitOutput(String text) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> output().contains(text) || !Boolean.TRUE.equals(state().getRunning()));
    if (!output().contains(text)) {
      throw new AssertionError("the worker ended without '" + text + "':\n" + output());
    }
  }

  /** What it has printed so far. */
  String output() {
    return text(docker.logContainerCmd(id).withStdOut(true).withStdErr(true)::exec);
  }

  /** What a command inside prints. */
  String run(String... command) {
    String exec =
        docker
            .execCreateCmd(id)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .withCmd(command)
            .exec()
            .getId();
    return text(docker.execStartCmd(exec)::exec).strip();
  }

  private static String text(Consumer<ResultCallback.Adapter<Frame>> stream) {
    StringBuffer text = new StringBuffer();
    try (var frames =
        new ResultCallback.Adapter<Frame>() {
          @Override
          public void onNext(Frame frame) {
            text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
          }
        }) {
      stream.accept(frames);
      frames.awaitCompletion();
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The worker's own process, the last of those below the container's first. */
  Path proc() throws IOException {
    long pid = state().getPidLong();
    while (true) {
      String children = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
      if (children.isBlank()) {
        return Path.of("/proc/" + pid);
      }
      pid = Long.parseLong(children.strip().split(" ")[0]);
    }
  }

  /** {@code docker stop}; the exit code. */
  int stop(Duration limit) {
    docker.stopContainerCmd(id).withTimeout((int) limit.toSeconds()).exec();
    return docker.waitContainerCmd(id).exec(new WaitContainerResultCallback()).awaitStatusCode();
  }

  Page get(String path) {
    return WorkerProcess.fetch("http://127.0.0.1:" + port + path)
        .orElseThrow(() -> new AssertionError("no answer from " + path));
  }

  /** Out of its volume, which a stopped container has as well. */
  private Optional<String> workerId() {
    try (var tar =
        new TarArchiveInputStream(
            docker.copyArchiveFromContainerCmd(id, "/var/lib/skypanel-worker/worker-id").exec())) {
      tar.getNextEntry();
      return Optional.of(new String(tar.readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (NotFoundException | IOException notStarted) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    Optional<String> workerId = workerId();
    docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
    workerId.ifPresent(w -> WorkerProcess.removeFromEngine(docker, Map.of(Labels.WORKER, w)));
  }
}
