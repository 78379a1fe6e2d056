package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.BuildRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The worker seen from outside: status, health, metrics and JMX. */
class StatusIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SECRET = "s3cr3t-value-of-a-variable";

  private static WorkerBench bench;
  private static EngineRelay relay;
  private static int jmxPort;
  private static WorkerProcess worker;
  private static BuildRequest good;
  private static BuildRequest bad;

  @BeforeAll
  static void buildOneAndFailOne() throws IOException {
    bench = WorkerBench.open();
    relay = new EngineRelay();
    jmxPort = TestPorts.free();
    worker =
        bench.worker("DOCKER_HOST", relay.socket().toString(), "JMX_PORT", String.valueOf(jmxPort));
    good = bench.webApp(0).environment(Map.of("DB_PASSWORD", SECRET));
    bad = bench.brief().environment(Map.of("DB_PASSWORD", SECRET));
    bench.built(good);
    bench.built(bad);
    await().until(() -> worker.status().path("builds").path("recent").size() == 2);
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    relay.close();
    bench.close();
  }

  @Test
  void statusShowsWorkerEnginePanelAndBuilds() {
    JsonNode status = worker.status();

    assertThat(status.path("worker").path("id").asText()).isEqualTo(worker.workerId());
    assertThat(status.path("worker").path("version").asText()).isNotBlank();
    assertThat(status.path("docker").path("available").asBoolean()).isTrue();
    assertThat(status.path("docker").path("appNetwork").asText()).isEqualTo("organization");
    assertThat(status.path("docker").path("firewall").asText()).isEqualTo("off");
    assertThat(status.path("skypanel").path("reachable").asBoolean()).isTrue();
    assertThat(status.path("skypanel").path("nodeId").asText())
        .isEqualTo(bench.panel.nodes().get(0).id());
    JsonNode builds = status.path("builds");
    // the newest is first, and other tests of this class build, too
    assertThat(builds.path("slots").toString()).isEqualTo("{\"total\":3,\"used\":0}");
    assertThat(builds.path("running")).isEmpty();
    assertThat(builds.path("recent").findValuesAsText("deploymentId"))
        .endsWith(bad.deploymentId(), good.deploymentId());
    assertThat(builds.path("recent").findValuesAsText("outcome"))
        .endsWith("building_failed", "deployed");
  }

  @Test
  void aRunningBuildIsShownWithItsStage() {
    String id = bench.panel.queue(bench.webApp(3));
    await()
        .atMost(SOON)
        .until(
            () -> worker.status().path("builds").path("running").findValuesAsText("stage"),
            List.of("image")::equals);

    JsonNode builds = worker.status().path("builds");
    assertThat(builds.path("running").get(0).path("deploymentId").asText()).isEqualTo(id);
    assertThat(builds.path("slots").path("used").asInt()).isEqualTo(1);
    bench.ended(id);
  }

  @Test
  void metricsCountBuildsStagesWaitsSlotsAndRequests() {
    String metrics = worker.get("/metrics").body();

    assertThat(metrics)
        .containsPattern("skypanel_builds_total\\{fault=\"none\",outcome=\"deployed\"} [1-9]")
        .containsPattern("skypanel_builds_total\\{fault=\"user\",outcome=\"building_failed\"} 1")
        .containsPattern("skypanel_stage_duration_seconds_count\\{stage=\"checkout\"} [1-9]")
        .containsPattern("skypanel_stage_duration_seconds_sum\\{stage=\"image\"} ")
        .containsPattern("skypanel_queue_wait_seconds_count [1-9]")
        .containsPattern("skypanel_slots 3")
        .containsPattern("skypanel_slots_used \\d")
        .containsPattern(
            "skypanel_panel_requests_seconds_count\\{call=\"poll\",status=\"200\"} [1-9]")
        .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_cpu_usage")
        .containsPattern("camel_\\w+\\{.*routeId=\"run-build\"");
  }

  @Test
  void nothingSecretIsShown() throws IOException {
    String credentials = Files.readString(worker.state().resolve("credentials.json"));
    String token = credentials.replaceFirst("(?s).*\"authToken\" : \"([0-9a-f]{64})\".*", "$1");
    assertThat(token).hasSize(64);

    for (String path : List.of("/status", "/health", "/health/live", "/health/ready", "/metrics")) {
      assertThat(worker.get(path).body()).as(path).doesNotContain(SECRET, token);
    }
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    assertThat(worker.get("/health/live").status()).isEqualTo(200);
    for (String path : List.of("/", "/nothing", "/status/more", "/statusmore", "/health/other")) {
      assertThat(worker.get(path).status()).as(path).isEqualTo(404);
    }
    URI status = URI.create("http://127.0.0.1:" + worker.port() + "/status");
    for (String method : List.of("POST", "PUT", "DELETE")) {
      HttpRequest request =
          HttpRequest.newBuilder(status).method(method, BodyPublishers.ofString("{}")).build();
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(method).isEqualTo(405);
    }
  }

  @Test
  void readinessGoesWithThePanelAndWithTheEngine() throws Exception {
    try (WorkerBench other = WorkerBench.open();
        EngineRelay engine = new EngineRelay();
        WorkerProcess lonely = other.worker("DOCKER_HOST", engine.socket().toString())) {
      awaitReady(lonely, 200);
      other.panel.stop();
      awaitReady(lonely, 503);
      assertThat(lonely.get("/health").body()).contains("\"docker\" : \"ok\"");
      other.panel.start();
      awaitReady(lonely, 200);

      engine.close();
      awaitReady(lonely, 503);
      assertThat(lonely.get("/health").body()).contains("\"skypanel\" : \"ok\"");
      assertThat(lonely.get("/health/live").status()).isEqualTo(200);
      String waiting = other.panel.queue(other.brief());
      lonely.awaitOutput("The Docker engine is away");
      assertThat(other.accepts(waiting)).isEmpty();
      assertThat(lonely.isAlive()).isTrue();
    }
  }

  private static void awaitReady(WorkerProcess lonely, int status) {
    await().atMost(SOON).until(() -> lonely.get("/health/ready").status() == status);
    assertThat(lonely.get("/health").status()).isEqualTo(status);
  }

  @Test
  @SuppressWarnings("BanJNDI") // the address is that of the worker which this test started
  void jmxShowsCamelsBeansAndStopsARoute() throws Exception {
    var url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      MBeanServerConnection beans = connector.getMBeanServerConnection();
      ObjectName route =
          beans
              .queryNames(new ObjectName("org.apache.camel:type=routes,name=\"ship-logs\",*"), null)
              .iterator()
              .next();
      assertThat(beans.getAttribute(route, "State")).isEqualTo("Started");
      assertThat((long) beans.getAttribute(route, "ExchangesTotal")).isPositive();

      beans.invoke(route, "stop", new Object[0], new String[0]);
      assertThat(beans.getAttribute(route, "State")).isEqualTo("Stopped");
      beans.invoke(route, "start", new Object[0], new String[0]);
      assertThat(beans.getAttribute(route, "State")).isEqualTo("Started");
    }
    assertThat(worker.output()).contains("JMX at 127.0.0.1:" + jmxPort);
  }

  @Test
  @SuppressWarnings("BanJNDI") // the address is that of the worker which this test started
  void jmxShowsNoSecretOfARunningBuildNorOfTheWorkers() throws Exception {
    String token = Files.readString(worker.state().resolve("api-token")).strip();
    String id = bench.panel.queue(bench.webApp(5).environment(Map.of("DB_PASSWORD", SECRET)));
    await()
        .atMost(SOON)
        .until(
            () -> worker.status().path("builds").path("running").findValuesAsText("stage"),
            List.of("image")::equals);
    var url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      ManagedWalk walk = ManagedWalk.over(connector.getMBeanServerConnection());

      assertThat(walk.placesWith(id)).isNotEmpty();
      for (String secret : List.of(SECRET, token)) {
        assertThat(walk.placesWith(secret)).isEmpty();
      }
    }
    bench.ended(id);
  }

  @Test
  void jmxIsOffUnlessItIsAskedFor() throws Exception {
    try (WorkerBench other = WorkerBench.open();
        WorkerProcess plain = other.worker()) {
      assertThat(plain.output()).contains("Ready: ").doesNotContain("JMX");
    }
  }
}
