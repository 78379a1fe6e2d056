package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.PanelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a worker becomes and stays known to its panel. */
class RegistrationIT {
  private WorkerBench bench;

  @BeforeEach
  void open() {
    bench = WorkerBench.open(PanelOptions.today().checkingTokens());
  }

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void stop(WorkerProcess worker) {
    worker.terminate();
    assertThat(worker.awaitExit(Duration.ofSeconds(20))).isZero();
  }

  @Test
  void aWorkerThatWasStartedBeforeItsPanelSaysThatItWaitsAndComesUp() throws Exception {
    bench.panel.stop();
    try (WorkerProcess worker = bench.prepared()) {
      worker.start();
      worker.awaitOutput("Waiting for the panel at " + bench.panel.url());
      bench.panel.start();
      worker.awaitOutput("Ready: ");

      assertThat(bench.registrations()).hasSize(1);
      assertThat(bench.built(bench.brief()).status()).isEqualTo("building_failed");
    }
  }

  @Test
  void aRestartReconnectsAndAChangedFactRegistersAgainAsTheSameNode() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      String node = bench.panel.nodes().get(0).id();
      assertThat(mode(worker.state())).isEqualTo("rwx------");
      assertThat(mode(worker.state().resolve("credentials.json"))).isEqualTo("rw-------");
      stop(worker);

      worker.start();
      worker.awaitOutput("Ready: ");
      assertThat(worker.output()).contains("Reconnected to " + bench.panel.url());
      assertThat(bench.registrations()).hasSize(1);
      assertThat(bench.beats()).isNotEmpty();
      stop(worker);

      worker.set("MAX_CONCURRENT_BUILDS", "7");
      worker.start();
      worker.awaitOutput("Ready: ");
      assertThat(bench.registrations()).hasSize(2);
      assertThat(bench.panel.nodes()).hasSize(1);
      assertThat(bench.panel.nodes().get(0).id()).isEqualTo(node);
      assertThat(bench.panel.nodes().get(0).registration().path("maxConcurrentBuilds").asInt())
          .isEqualTo(7);
    }
  }

  @Test
  void aPanelThatForgotTheNodeGetsARegistrationAndTheWorkerGoesOn() throws Exception {
    try (WorkerProcess worker = bench.worker("HEARTBEAT_INTERVAL_SECONDS", "1")) {
      // the panel checks tokens, so that this is a 401
      bench.panel.forgetNodes();
      worker.awaitOutput("does not take this node's token any more");
      await().until(() -> bench.registrations().size() == 2);

      assertThat(bench.built(bench.brief()).status()).isEqualTo("building_failed");
      assertThat(worker.output().lines().filter(l -> l.contains("Registering again"))).hasSize(1);
    }
  }

  @Test
  void aNodeThatIsNotFoundIsAskedForBeforeItRegistersAgain() throws Exception {
    try (WorkerBench today = WorkerBench.open();
        WorkerProcess worker = today.worker("HEARTBEAT_INTERVAL_SECONDS", "1")) {
      String node = today.panel.nodes().get(0).id();
      today.panel.faults().on("heartbeat$").times(1).answer(404);
      String question = "GET " + WorkerBench.API + "/" + node + "/status";
      await().until(() -> !today.panel.calls(question).isEmpty());
      int beats = today.beats().size();
      await().until(() -> today.beats().size() > beats);
      assertThat(today.registrations()).hasSize(1);

      today.panel.forgetNodes();
      await().until(() -> today.registrations().size() == 2);
      assertThat(worker.output()).contains("does not know node " + node + " any more");
    }
  }

  @Test
  void heartbeatsAndRegistrationCarryWhatThePanelShows() throws Exception {
    try (WorkerProcess worker = bench.worker("HEARTBEAT_INTERVAL_SECONDS", "1")) {
      await().until(() -> bench.beats().size() >= 2);

      JsonNode beat = bench.beats().get(1).json();
      assertThat(beat.path("nodeId").asText()).isEqualTo(bench.panel.nodes().get(0).id());
      for (String field :
          new String[] {
            "cpuCount",
            "cpuLoad",
            "loadAverage",
            "memoryTotal",
            "memoryFree",
            "diskTotal",
            "diskFree",
            "runningContainers",
            "currentBuilds",
            "maxConcurrentBuilds",
            "uptimeSeconds"
          }) {
        assertThat(beat.path(field).isNumber()).as(field).isTrue();
      }
      assertThat(beat.path("version").asText()).isNotBlank();
      JsonNode registration = bench.registrations().get(0).json();
      for (String capability : new String[] {"docker", "git", "nodejs"}) {
        assertThat(registration.path("capabilities").path(capability).asBoolean()).isTrue();
      }
      assertThat(registration.path("capabilities").path("dockerVersion").asText()).isNotBlank();
      assertThat(registration.path("capabilities").path("builders")).isNotEmpty();
      assertThat(registration.path("port").asInt()).isEqualTo(worker.port());
      assertThat(registration.path("systemInfo").path("cpuCount").asInt()).isPositive();
    }
  }
}
