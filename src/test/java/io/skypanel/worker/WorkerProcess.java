package io.skypanel.worker;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real worker, as its own process out of the jar, with folders of its own. Closing it ends the
 * process and removes what it made in the engine.
 */
public final class WorkerProcess implements AutoCloseable {
  public static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final Path JAR = PROJECT.resolve("target/skypanel-worker.jar");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path folder;
  private final Map<String, String> environment;
  private final int port;
  private List<String> prefix = List.of();
  private List<String> program =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-Xmx256m",
          "-jar",
          JAR.toString());
  private Process process;
  private int runs;

  private WorkerProcess(Path folder, Map<String, String> environment, int port) {
    this.folder = folder;
    this.environment = environment;
    this.port = port;
  }

  /** A worker that is not started yet. */
  public static WorkerProcess prepare(String panelUrl, Map<String, String> extra) {
    try {
      Path folder = Files.createTempDirectory("worker-it");
      copyRoutes(folder.resolve("routes"));
      int port = TestPorts.free();
      Map<String, String> environment = new LinkedHashMap<>();
      environment.put("SKYPANEL_URL", panelUrl);
      environment.put("WORKER_NAME", "it-" + port);
      environment.put("WORKER_HOSTNAME", "it-" + port);
      environment.put("WORKER_IP_ADDRESS", "127.0.0.1");
      environment.put("WORKER_PORT", String.valueOf(port));
      environment.put("STATE_DIR", folder.resolve("state").toString());
      environment.put("WORKSPACE_DIR", folder.resolve("workspace").toString());
      environment.put("ROUTES_DIR", folder.resolve("routes").toString());
      environment.put("LOG_DIR", folder.resolve("logs").toString());
      environment.put("POLL_INTERVAL_SECONDS", "1");
      environment.put("APP_BIND", "127.0.0.1");
      environment.put("APP_PORT_RANGE", TestPorts.ofApps());
      environment.put("STAY_UP_SECONDS", "0");
      environment.put("RETIRE_AFTER_SECONDS", "0");
      // the build runs some tests once for each builder
      environment.put("BUILDER", System.getProperty("builder", "auto"));
      environment.putAll(extra);
      return new WorkerProcess(folder, environment, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A worker that is ready for builds. */
  public static WorkerProcess start(String panelUrl, Map<String, String> extra) {
    return prepare(panelUrl, extra).startReady();
  }

  /** Starts the process and waits until it is ready for builds. */
  WorkerProcess startReady() {
    start();
    awaitOutput("Ready: ");
    return this;
  }

  /** Starts the process; again after it has ended. With arguments, as another command. */
  public void start(String... arguments) {
    try {
      runs++;
      List<String> command = new ArrayList<>(prefix);
      command.addAll(program);
      command.addAll(List.of(arguments));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(outputFile().toFile());
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has it started as operators do, with the memory and the stacks that they give it. */
  WorkerProcess byLauncher() {
    return byLauncher(Path.of(System.getProperty("java.home")));
  }

  /** Has it started as operators do, on such a Java. */
  public WorkerProcess byLauncher(Path javaHome) {
    program = List.of(PROJECT.resolve("bin/skypanel-worker").toString());
    environment.put("JAVA_HOME", javaHome.toString());
    return this;
  }

  /** Makes the next start that of another user, in no group; only root can. */
  void become(int uid) throws IOException {
    prefix = List.of("setpriv", "--reuid", String.valueOf(uid), "--clear-groups");
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        Files.setAttribute(path, "unix:uid", uid);
      }
    }
  }

  /** Runs another command of the worker's, with the same settings, and gives what it prints. */
  String command(String... arguments) throws IOException {
    return new String(launch(arguments).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Starts another command of the worker's, with the same settings. */
  Process launch(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Sets a variable for the next start. */
  void set(String name, String value) {
    environment.put(name, value);
  }

  public void awaitOutput(String text) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> output().contains(text) || !process.isAlive());
    if (!output().contains(text)) {
      throw new AssertionError("worker ended without '" + text + "':\n" + output());
    }
  }

  /** What this run of the process has printed so far. */
  public String output() {
    try {
      return Files.readString(outputFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path outputFile() {
    return folder.resolve("output-" + runs + ".txt");
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("worker still runs after " + limit + ":\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  Path routes() {
    return folder.resolve("routes");
  }

  Path workspaces() {
    return folder.resolve("workspace");
  }

  public Path state() {
    return Path.of(environment.get("STATE_DIR"));
  }

  Path logs() {
    return folder.resolve("logs");
  }

  int port() {
    return port;
  }

  /** The id that it has given itself. */
  public String workerId() {
    try {
      return Files.readString(state().resolve("worker-id")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Status code and body of one of its pages, such as {@code /status}. */
  public Page get(String path) {
    return fetch("http://127.0.0.1:" + port + path)
        .orElseThrow(() -> new AssertionError("no answer from " + path));
  }

  public JsonNode status() {
    try {
      return new ObjectMapper().readTree(get("/status").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it answered. */
  public record Page(int status, String body) {}

  /** The page at {@code url}; empty if nothing answers. */
  static Optional<Page> fetch(String url) {
    try {
      var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
      var response = HTTP.send(request, BodyHandlers.ofString());
      return Optional.of(new Page(response.statusCode(), response.body()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static DockerEngine localEngine() {
    return new DockerEngine(
        new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()));
  }

  private static void copyRoutes(Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(PROJECT.resolve("routes"))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (process != null && process.isAlive()) {
      kill();
    }
    if (Files.exists(state().resolve("worker-id"))) {
      try (DockerEngine engine = localEngine()) {
        removeFromEngine(engine.client(), Map.of(Labels.WORKER, workerId()));
      }
    }
    // checkouts that it keeps may be deeper than a path is long
    new FolderRemoval(folder).run();
  }

  /** Removes containers, networks and images with these labels. */
  static void removeFromEngine(DockerClient docker, Map<String, String> labels) {
    List<String> containers =
        docker.listContainersCmd().withShowAll(true).withLabelFilter(labels).exec().stream()
            .map(c -> c.getId())
            .toList();
    for (String id : containers) {
      try {
        docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      } catch (NotFoundException goneMeanwhile) {
        // the worker's last call to the engine has removed it
      }
    }
    List<String> filter =
        labels.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    docker
        .listNetworksCmd()
        .withFilter("label", filter)
        .exec()
        .forEach(network -> docker.removeNetworkCmd(network.getId()).exec());
    List<String> images =
        docker.listImagesCmd().withLabelFilter(labels).exec().stream().map(i -> i.getId()).toList();
    for (String image : images) {
      try {
        docker.removeImageCmd(image).withForce(true).exec();
      } catch (DockerException usedByAnother) {
        // a test that shares layers removes it
      }
    }
  }
}
