package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image that the Dockerfile makes: running, healthy, unprivileged, building an app. */
class ContainerIT {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private static DockerEngine engine;
  private static DockerClient docker;
  private static WorkerImage image;

  @BeforeAll
  static void open() {
    engine = WorkerProcess.localEngine();
    docker = engine.client();
    BusyboxImage.ensure(docker);
    image = WorkerImage.build(docker);
  }

  @AfterAll
  static void close() throws Exception {
    if (image != null) {
      image.close();
    }
    engine.close();
  }

  private static String statusField(WorkerContainer worker, String field) throws IOException {
    try (Stream<String> lines = Files.lines(worker.proc().resolve("status"))) {
      return lines
          .filter(l -> l.startsWith(field + ":"))
          .map(l -> l.substring(field.length() + 1).strip())
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void onTheHostsNetworkItBuildsAnAppUnprivilegedAndStopsInOrder() throws Exception {
    try (SandboxPanel panel = SandboxPanel.open(PanelOptions.today().unlimited());
        GitServer git = GitServer.open();
        WorkerContainer worker =
            WorkerContainer.start(
                docker,
                image.name(),
                "host",
                Optional.empty(),
                Map.of("SKYPANEL_URL", panel.url()))) {
      worker.awaitOutput("Ready: ");

      assertThat(worker.output())
          .contains("Images are built with buildx")
          .doesNotContain("--network host");
      assertThat(statusField(worker, "Uid")).isEqualTo("3001\t3001\t3001\t3001");
      assertThat(statusField(worker, "CapEff")).matches("0+");
      assertThat(Files.readString(worker.proc().resolve("cmdline")))
          .contains("skypanel-worker.jar");
      assertThat(worker.run("stat", "-c", "%U %a", "/var/lib/skypanel-worker"))
          .isEqualTo("skypanel 700");
      assertThat(worker.run("ls", "/etc/skypanel-worker/routes").lines())
          .contains("run-build.camel.yaml")
          .hasSameSizeAs(List.of(Path.of("routes").toFile().list()));
      String parts = worker.run("cat", "/opt/skypanel-worker/skypanel-worker.cdx.json");
      assertThat(Sbom.of(parts).jars())
          .containsExactlyInAnyOrder(worker.run("ls", "/opt/skypanel-worker/lib").split("\\s+"));

      GitRepository repository = git.create("shop-" + UUID.randomUUID());
      repository.commit(BuildIT.webApp("built in a container"), "Open the shop");
      String id = panel.queue(BuildRequest.of(repository.url()));
      await().atMost(Duration.ofSeconds(60)).until(() -> panel.statusesOf(id).contains("deployed"));
      JsonNode result = panel.deployment(id).result();
      assertThat(result.has("warning")).isFalse();
      assertThat(WorkerProcess.fetch(result.path("url").asText()).orElseThrow().body())
          .isEqualTo("built in a container");

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> worker.state().getHealth().getStatus().equals("healthy"));
      assertThat(worker.get("/health").status()).isEqualTo(200);

      assertThat(worker.stop(STOP_LIMIT)).isZero();
      assertThat(worker.output()).contains("Stopped");
    }
  }

  @Test
  void asAGivenUserItGoesOnAsThatUser() throws Exception {
    try (SandboxPanel panel = SandboxPanel.open(PanelOptions.today().unlimited());
        WorkerContainer worker =
            WorkerContainer.start(
                docker,
                image.name(),
                "host",
                Optional.of("4321:4321"),
                Map.of("SKYPANEL_URL", panel.url()))) {
      worker.awaitOutput("Ready: ");

      assertThat(statusField(worker, "Uid")).isEqualTo("4321\t4321\t4321\t4321");
      assertThat(worker.stop(STOP_LIMIT)).isZero();
    }
  }

  @Test
  void theOldAgentsLineWithoutANetworkBuildsAppsTooAndSaysThatItCannotProbeThem() throws Exception {
    assertThat(warningOfAnAppBuiltOnTheBridge(Map.of())).contains("--network host");
  }

  @Test
  void withAppsOnTheDefaultBridgeTheOldAgentsLineProbesThemToo() throws Exception {
    assertThat(warningOfAnAppBuiltOnTheBridge(Map.of("APP_NETWORK", "default"))).isEmpty();
  }

  /** By a worker on the engine's default bridge; the app is live in any case. */
  private String warningOfAnAppBuiltOnTheBridge(Map<String, String> settings) throws Exception {
    try (SandboxPanel panel =
            SandboxPanel.open(PanelOptions.today().unlimited().on(WorkerBench.bridgeAddress(), 0));
        GitServer git = GitServer.open(WorkerBench.bridgeAddress(), 0)) {
      Map<String, String> environment = new HashMap<>(settings);
      environment.put("SKYPANEL_URL", panel.url());
      try (WorkerContainer worker =
          WorkerContainer.start(docker, image.name(), "bridge", Optional.empty(), environment)) {
        worker.awaitOutput("Ready: ");
        assertThat(worker.output()).contains("--network host");
        GitRepository repository = git.create("shop-" + UUID.randomUUID());
        repository.commit(BuildIT.webApp("built on the bridge"), "Open the shop");

        String id = panel.queue(BuildRequest.of(repository.url()));

        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> panel.statusesOf(id).contains("deployed"));
        JsonNode result = panel.deployment(id).result();
        assertThat(WorkerProcess.fetch(result.path("url").asText()).orElseThrow().body())
            .isEqualTo("built on the bridge");
        assertThat(worker.stop(STOP_LIMIT)).isZero();
        return result.path("warning").asText();
      }
    }
  }

  @Test
  @SuppressWarnings("BanJNDI") // JMX clients go this way; the server is the test's own
  void jmxAnswersFromOutsideTheContainerToWhoeverHasThePassword() throws Exception {
    Path passwords = Files.createTempFile("jmx", ".password");
    Files.writeString(passwords, "operator secret-word\n");
    Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-r--r--"));
    int port = TestPorts.free();
    String inside = "/etc/jmx.password";
    Map<String, String> environment =
        Map.of(
            "SKYPANEL_URL",
            "http://127.0.0.1:1",
            "JMX_PORT",
            String.valueOf(port),
            "JMX_HOST",
            WorkerBench.bridgeAddress(),
            "JMX_PASSWORD_FILE",
            inside);
    try (WorkerContainer worker =
        WorkerContainer.start(
            docker,
            image.name(),
            "bridge",
            Optional.empty(),
            environment,
            create -> {
              create.withExposedPorts(ExposedPort.tcp(port));
              create
                  .getHostConfig()
                  .withPortBindings(
                      PortBinding.parse(WorkerBench.bridgeAddress() + ":" + port + ":" + port))
                  .withBinds(
                      Bind.parse("/var/run/docker.sock:/var/run/docker.sock"),
                      Bind.parse(passwords + ":" + inside + ":ro"));
            })) {
      worker.awaitOutput("Waiting for the panel");
      var url =
          new JMXServiceURL(
              "service:jmx:rmi:///jndi/rmi://"
                  + WorkerBench.bridgeAddress()
                  + ":"
                  + port
                  + "/jmxrmi");

      assertThatThrownBy(() -> JMXConnectorFactory.connect(url))
          .isInstanceOf(SecurityException.class);
      Map<String, Object> login =
          Map.of(JMXConnector.CREDENTIALS, new String[] {"operator", "secret-word"});
      try (JMXConnector connector = JMXConnectorFactory.connect(url, login)) {
        assertThat(
                connector
                    .getMBeanServerConnection()
                    .queryNames(new ObjectName("org.apache.camel:type=routes,*"), null))
            .anyMatch(name -> name.getKeyProperty("name").contains("run-build"));
      }
    } finally {
      Files.delete(passwords);
    }
  }

  @Test
  void withoutTheHostsNetworkItSaysThatItCantProbeApps() throws Exception {
    String network = "worker-it-" + UUID.randomUUID();
    String networkId = docker.createNetworkCmd().withName(network).exec().getId();
    try (WorkerContainer worker =
        WorkerContainer.start(
            docker,
            image.name(),
            network,
            Optional.empty(),
            Map.of("SKYPANEL_URL", "http://127.0.0.1:1"))) {
      worker.awaitOutput("can't probe its apps");

      assertThat(worker.output()).contains("--network host");
      assertThat(worker.stop(STOP_LIMIT)).isZero();
    } finally {
      docker.removeNetworkCmd(networkId).exec();
    }
  }
}
