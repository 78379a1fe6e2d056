package io.skypanel.worker.sandbox;

import io.skypanel.worker.settings.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything a demo stands on: folders, panel, git server, engine and the worker's process; {@link
 * #clear()} takes all of it away again. Thread-safe, since Ctrl-C clears from a thread of its own.
 */
final class DemoStage {
  // once a second is what the demo polls, which today's limit of 200 would end after 3 minutes
  private static final int CALLS_PER_WINDOW = 5000;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final SandboxEngine engine;
  private final SandboxPanel panel;
  private final GitServer git;
  private boolean baseMade;
  private volatile boolean cleared;
  private Optional<WorkerProcess> worker = Optional.empty();

  private DemoStage(Path folder, SandboxEngine engine) {
    this.folder = folder;
    this.engine = engine;
    this.panel =
        SandboxPanel.open(PanelOptions.today().limited(CALLS_PER_WINDOW, Duration.ofMinutes(15)));
    this.git = GitServer.open();
  }

  static DemoStage open(Map<String, String> environment) throws IOException, SettingsException {
    Path folder = Files.createTempDirectory("skypanel-demo-");
    try {
      return new DemoStage(folder, SandboxEngine.connect(environment, folder));
    } catch (SettingsException e) {
      Folder.remove(folder);
      throw e;
    }
  }

  SandboxPanel panel() {
    return panel;
  }

  GitServer git() {
    return git;
  }

  Path workerLog() {
    return folder.resolve("worker.log");
  }

  /** Whether {@link #clear()} has begun, so that a worker that ends does so as it was told. */
  boolean isEnding() {
    return cleared;
  }

  synchronized void makeBase() {
    baseMade = engine.makeBase();
  }

  /** Starts the worker; does nothing on a stage that is being cleared. */
  synchronized WorkerProcess startWorker(Path jar) throws IOException {
    if (cleared) {
      throw new IOException("the demo is ending");
    }
    Map<String, String> settings = new HashMap<>(settings(panel, folder));
    settings.put("WORKER_NAME", "demo");
    settings.put("POLL_INTERVAL_SECONDS", "1");
    settings.put("APP_BIND", "127.0.0.1");
    // the jar is in the project's target folder
    Path routes = jar.toAbsolutePath().getParent().resolveSibling("routes");
    if (Files.isDirectory(routes)) {
      settings.put("ROUTES_DIR", routes.toString());
    }
    WorkerProcess started =
        WorkerProcess.start(List.of(WorkerProcess.java()), jar, settings, folder, workerLog());
    worker = Optional.of(started);
    return started;
  }

  /**
   * Stops the worker, removes its containers and images, then the folders. Idempotent; a second
   * call waits for the first.
   *
   * @return what went wrong, a line each
   */
  synchronized List<String> clear() {
    List<String> problems = new ArrayList<>();
    if (cleared) {
      return problems;
    }
    cleared = true;
    worker.ifPresent(w -> stop(w, problems));
    try (engine) {
      Path id = stateDir().resolve("worker-id");
      if (Files.exists(id)) {
        engine.removeAllOf(Files.readString(id).strip());
      }
      for (DeploymentView deployment : panel.deployments()) {
        engine.removeIntermediates(deployment.statusLogs().orElse(""));
      }
      if (baseMade) {
        engine.removeBase();
      }
    } catch (IOException | RuntimeException e) {
      problems.add("the apps can't be removed: " + e.getMessage());
    }
    git.close();
    panel.close();
    Folder.remove(folder)
        .ifPresent(e -> problems.add(folder + " can't be removed: " + e.getMessage()));
    return problems;
  }

  private static void stop(WorkerProcess worker, List<String> problems) {
    if (!worker.isAlive()) {
      return; // the demo has said so already
    }
    try {
      OptionalInt exit = worker.stop(STOP_LIMIT);
      if (exit.isEmpty()) {
        problems.add("the worker did not end within " + STOP_LIMIT.toSeconds() + " s of SIGTERM");
      } else if (exit.getAsInt() != 0) {
        problems.add("the worker ended with exit code " + exit.getAsInt() + " on SIGTERM");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problems.add("interrupted while the worker was stopping");
    }
  }

  private Path stateDir() {
    return folder.resolve("state");
  }

  /** What a worker needs to run beside others, with all it keeps below one folder. */
  static Map<String, String> settings(SandboxPanel panel, Path folder) throws IOException {
    return Map.of(
        "SKYPANEL_URL", panel.url(),
        "WORKER_IP_ADDRESS", "127.0.0.1",
        "WORKER_PORT", Integer.toString(freePort()),
        "WORKER_BIND", "127.0.0.1",
        "STATE_DIR", folder.resolve("state").toString(),
        "WORKSPACE_DIR", folder.resolve("workspace").toString(),
        "LOG_DIR", folder.resolve("logs").toString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
