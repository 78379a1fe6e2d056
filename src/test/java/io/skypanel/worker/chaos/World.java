package io.skypanel.worker.chaos;

import com.github.dockerjava.api.exception.DockerException;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A worker with a panel, a git server and small disks of its own; the engine is shared. */
final class World implements AutoCloseable {
  private static final Duration CLONE_DELAY = Duration.ofMillis(1200);
  private static final int WORKSPACE_MEGABYTES = 32;
  private static final int STATE_MEGABYTES = 16;
  private static final int PORTS = 500;

  final SandboxPanel panel = SandboxPanel.open(PanelOptions.today().unlimited());
  final OwnEngine engine;
  final SmallDisk workspaces;
  final SmallDisk state;
  final ChaosWorker worker;

  /** By app: what must answer. */
  final Map<String, TestApp> serving = new LinkedHashMap<>();

  private final GitServer git = GitServer.open();
  private final SlowRelay relay;
  private final GitRepository steady = git.create("steady");
  private final String steadyId = UUID.randomUUID().toString();

  /**
   * Starts a worker that is ready.
   *
   * @param number one of its own, for its range of ports
   */
  World(Path folder, OwnEngine engine, int number) throws IOException, InterruptedException {
    this.engine = engine;
    Files.createDirectories(folder);
    relay = new SlowRelay(URI.create(git.url()).getPort(), CLONE_DELAY);
    workspaces = new SmallDisk(folder.resolve("workspaces"), WORKSPACE_MEGABYTES);
    state = new SmallDisk(folder.resolve("state"), STATE_MEGABYTES);
    int firstPort = 20_000 + number % 80 * PORTS;
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("SKYPANEL_URL", panel.url());
    environment.put("WORKER_NAME", "chaos-" + number);
    environment.put("WORKER_HOSTNAME", "chaos-" + number);
    environment.put("WORKER_IP_ADDRESS", "127.0.0.1");
    environment.put("DOCKER_HOST", engine.host());
    environment.put("WORKSPACE_DIR", workspaces.folder().toString());
    environment.put("STATE_DIR", state.folder().toString());
    environment.put("POLL_INTERVAL_SECONDS", "1");
    environment.put("HEARTBEAT_INTERVAL_SECONDS", "5");
    environment.put("APP_PORT_RANGE", firstPort + "-" + (firstPort + PORTS - 1));
    environment.put("APP_BIND", "127.0.0.1");
    environment.put("APP_MEMORY", "64m");
    environment.put("KEEP_IMAGES", "1");
    environment.put("STAY_UP_SECONDS", "0");
    environment.put("RETIRE_AFTER_SECONDS", "0");
    environment.put("MIN_FREE_DISK", "4m");
    environment.put("MIN_FREE_DISK_PERCENT", "0");
    environment.put("MIN_FREE_MEMORY", "0");
    worker = new ChaosWorker(folder, environment);
    worker.start();
    worker.awaitReady();
  }

  /** The next version of the app that is there all the time. */
  TestApp redeployment(boolean slow) {
    return TestApp.next(steady, slow ? slow(steady.url()) : steady.url(), steadyId, slow);
  }

  /** The first version of an app. */
  TestApp newApp() {
    String id = UUID.randomUUID().toString();
    GitRepository repository = git.create("app-" + id);
    return TestApp.next(repository, slow(repository.url()), id, true);
  }

  private String slow(String url) {
    return url.replaceFirst(":\\d+/", ":" + relay.port() + "/");
  }

  String workerId() throws IOException {
    return Files.readString(state.folder().resolve("worker-id")).strip();
  }

  /** An app's end: nothing of it is looked at from now on. */
  void drop(String appId) {
    serving.remove(appId);
    remove(Map.of(Labels.APP, appId));
  }

  private void remove(Map<String, String> labels) {
    var docker = engine.docker();
    docker
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(labels)
        .exec()
        .forEach(c -> docker.removeContainerCmd(c.getId()).withForce(true).exec());
    List<String> images =
        docker.listImagesCmd().withLabelFilter(labels).exec().stream().map(i -> i.getId()).toList();
    for (String image : images) {
      try {
        docker.removeImageCmd(image).withForce(true).exec();
      } catch (DockerException gone) {
        // with one that stood on it
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    worker.close();
    remove(Map.of(Labels.WORKER, workerId()));
    relay.close();
    git.close();
    panel.close();
  }
}
