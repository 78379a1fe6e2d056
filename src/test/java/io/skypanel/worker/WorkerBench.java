package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What a worker needs around it: a panel, a git server and this machine's engine. */
public final class WorkerBench implements AutoCloseable {
  static final String API = "/api/paas/worker";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  public final SandboxPanel panel;
  public final GitServer git = GitServer.open();
  private final DockerEngine engine = WorkerProcess.localEngine();

  private WorkerBench(PanelOptions options) {
    // Awaitility's ten seconds are short on a busy machine
    Awaitility.setDefaultTimeout(PATIENCE);
    panel = SandboxPanel.open(options);
    BusyboxImage.ensure(docker());
  }

  /** With today's panel, without its rate limit. */
  public static WorkerBench open() {
    return open(PanelOptions.today());
  }

  /** With such a panel, without its rate limit. */
  static WorkerBench open(PanelOptions options) {
    return new WorkerBench(options.unlimited());
  }

  /** With such a panel, its rate limit included. */
  public static WorkerBench limited(PanelOptions options) {
    return new WorkerBench(options);
  }

  public DockerClient docker() {
    return engine.client();
  }

  /** This machine's address on the engine's default bridge: containers reach its servers there. */
  static String bridgeAddress() {
    try {
      // a new engine does not name its gateway before it was restarted once
      return NetworkInterface.getByName("docker0")
          .inetAddresses()
          .filter(Inet4Address.class::isInstance)
          .map(InetAddress::getHostAddress)
          .findFirst()
          .orElseThrow();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A worker that is ready; settings are names and values in turn. */
  WorkerProcess worker(String... settings) {
    return WorkerProcess.start(panel.url(), settings(settings));
  }

  /** A worker that is not started; settings are names and values in turn. */
  public WorkerProcess prepared(String... settings) {
    return WorkerProcess.prepare(panel.url(), settings(settings));
  }

  public static Map<String, String> settings(String... namesAndValues) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return settings;
  }

  public GitRepository repository(Map<String, String> files) {
    GitRepository repository = git.create("app-" + UUID.randomUUID());
    repository.commit(files, "First version");
    return repository;
  }

  /** A build by a Dockerfile of these lines, on the sample base image. */
  BuildRequest build(String... lines) {
    return BuildRequest.of(repository(Map.of("Dockerfile", dockerfile(lines))).url());
  }

  public static String dockerfile(String... lines) {
    return "FROM " + BusyboxImage.NAME + "\n" + String.join("\n", lines) + "\n";
  }

  /** A build of a small web app that takes so long; no cache makes it quicker. */
  BuildRequest webApp(int seconds) {
    return build(
        "RUN echo " + UUID.randomUUID() + " && sleep " + seconds,
        "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]");
  }

  /** A build that fails as soon as it is checked out. */
  BuildRequest brief() {
    return BuildRequest.of(repository(Map.of("README", "no Dockerfile here\n")).url());
  }

  /** Queues so many builds and gives their ids. */
  public List<String> queue(int count, Supplier<BuildRequest> request) {
    return Stream.generate(request).limit(count).map(panel::queue).toList();
  }

  public boolean isEnded(String deploymentId) {
    List<String> statuses = panel.statusesOf(deploymentId);
    String last = statuses.isEmpty() ? "" : statuses.get(statuses.size() - 1);
    return last.equals("deployed") || last.endsWith("_failed");
  }

  /** Waits for the final status. */
  public DeploymentView ended(String deploymentId) {
    await().until(() -> isEnded(deploymentId));
    return panel.deployment(deploymentId);
  }

  /** Queues it and waits for the final status. */
  DeploymentView built(BuildRequest request) {
    return ended(panel.queue(request));
  }

  void awaitStatus(String deploymentId, String status) {
    await().until(() -> panel.statusesOf(deploymentId).contains(status));
  }

  public List<PanelCall> accepts(String deploymentId) {
    return panel.calls("POST " + API + "/builds/" + deploymentId + "/accept");
  }

  public List<PanelCall> polls() {
    return panel.calls("GET " + API + "/builds/queued");
  }

  List<PanelCall> beats() {
    return panel.calls("POST " + API + "/heartbeat");
  }

  public List<PanelCall> registrations() {
    return panel.calls("POST " + API + "/register");
  }

  /** Waits until so many more polls than now were answered. */
  void awaitPolls(int more) {
    int wanted = polls().size() + more;
    await().until(() -> polls().size() >= wanted);
  }

  /** Names of the app's containers, running or not. */
  List<String> containersOf(String appId) {
    return docker()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Labels.APP, appId))
        .exec()
        .stream()
        .map(c -> c.getNames()[0].substring(1))
        .toList();
  }

  /** Waits until that container is the app's only one: the older versions have gone. */
  void awaitOnly(String appId, String containerName) {
    await().until(() -> containersOf(appId).equals(List.of(containerName)));
  }

  /** Neither the panel, nor the worker's log, pages and files have it. */
  void assertNowhere(String secret, WorkerProcess worker) throws IOException {
    assertThat(panel.calls().stream().map(PanelCall::body).filter(b -> b.contains(secret)))
        .as(secret)
        .isEmpty();
    assertThat(worker.output()).doesNotContain(secret);
    for (String page : List.of("/status", "/health", "/metrics")) {
      assertThat(worker.get(page).body()).doesNotContain(secret);
    }
    try (Stream<Path> files = Files.list(worker.logs())) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file)).doesNotContain(secret);
      }
    }
  }

  @Override
  public void close() throws Exception {
    engine.close();
    git.close();
    panel.close();
  }
}
