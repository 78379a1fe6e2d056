package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** How a worker starts, or says why it does not, and its other commands. */
@Isolated("changes this machine's firewall")
class LifeIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int NOBODY = 65534;

  private static WorkerBench bench;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
  }

  @AfterAll
  static void close() throws Exception {
    bench.close();
  }

  @Test
  void wrongSettingsAreAllToldAtOnceBeforeAnythingIsContacted() throws Exception {
    try (WorkerProcess worker =
        bench.prepared(
            "MAX_CONCURRENT_BUILDS", "65", "WORKER_SHARD", "3/2", "LOG_LEVEL", "chatty")) {
      int before = bench.panel.calls().size();
      worker.start();

      assertThat(worker.awaitExit(SOON)).isEqualTo(2);
      assertThat(worker.output())
          .contains("MAX_CONCURRENT_BUILDS", "65", "1 to 64")
          .contains("WORKER_SHARD", "3/2", "i/n")
          .contains("LOG_LEVEL", "chatty", "debug, info, warn or error")
          .doesNotContain("Exception", "Docker engine");
      assertThat(bench.panel.calls()).hasSize(before);
    }
  }

  @Test
  void whatAnEarlierRunLeftIsClearedUpAtStart() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      await()
          .untilAsserted(
              () ->
                  assertThat(worker.get("/metrics").body())
                      .containsPattern("camel_exchanges_succeeded_total\\{.*\"clean-up\"} 1\\.0"));
    }
  }

  @Test
  void aSocketThatThisUserMayNotUseEndsTheStartAtOnceWithReasonAndFix() throws Exception {
    try (WorkerProcess worker = bench.prepared()) {
      worker.become(NOBODY);
      worker.start();

      assertThat(worker.awaitExit(SOON)).isEqualTo(3);
      assertThat(worker.output())
          .contains("unix:///var/run/docker.sock", "Permission denied", "usermod -aG docker")
          .doesNotContain("Trying for", "\tat ");
    }
  }

  @Test
  void anEngineThatIsNotThereYetIsWaitedFor() throws Exception {
    Path folder = Files.createTempDirectory("engine-it");
    Path socket = folder.resolve("docker.sock");
    try (WorkerProcess worker = bench.prepared("DOCKER_HOST", socket.toString())) {
      worker.start();
      worker.awaitOutput("No Docker engine answers at unix://" + socket);
      assertThat(worker.output()).contains("Trying for 60 s");
      Files.createSymbolicLink(socket, Path.of("/var/run/docker.sock"));
      worker.awaitOutput("Ready: ");

      worker.terminate();
      assertThat(worker.awaitExit(SOON)).isZero();
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(folder);
    }
  }

  @Test
  void aWorkerThatIsStoppedWhileItWaitsForTheEngineEndsAsAsked() throws Exception {
    try (WorkerProcess worker = bench.prepared("DOCKER_HOST", "/nowhere/docker.sock")) {
      worker.start();
      worker.awaitOutput("Trying for 60 s");
      worker.terminate();

      assertThat(worker.awaitExit(SOON)).isZero();
    }
  }

  @Test
  void aTakenPortIsNamedWithItsOwner() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WorkerProcess worker =
            bench.prepared("WORKER_PORT", String.valueOf(taken.getLocalPort()))) {
      worker.start();

      assertThat(worker.awaitExit(SOON)).isEqualTo(2);
      assertThat(worker.output())
          .contains("WORKER_PORT is '" + taken.getLocalPort() + "'")
          .contains("taken by process " + ProcessHandle.current().pid() + " (");
    }
  }

  @Test
  void aRuntimeThatTheEngineHasNotEndsTheStartWithThoseThatItHas() throws Exception {
    try (WorkerProcess worker = bench.prepared("APP_RUNTIME", "no-such-runtime")) {
      worker.start();

      assertThat(worker.awaitExit(SOON)).isEqualTo(2);
      assertThat(worker.output())
          .contains("APP_RUNTIME is 'no-such-runtime', but the engine has the runtimes")
          .contains("runc");
    }
  }

  @Test
  void theFirewallIsUpWhenTheWorkerIsReadyAndGoesByCommand() throws Exception {
    try (WorkerProcess worker = bench.prepared("APP_FIREWALL", "true")) {
      worker.start();
      worker.awaitOutput("Ready: ");

      assertThat(worker.status().path("docker").path("firewall").asText()).isEqualTo("on");
      assertThat(packetFilter()).contains("-A INPUT -j SKYPANEL-INPUT");
      worker.terminate();
      assertThat(worker.awaitExit(SOON)).isZero();
      // without it apps would be open for as long as the worker restarts
      assertThat(packetFilter()).contains("-A INPUT -j SKYPANEL-INPUT");

      assertThat(worker.launch("remove-firewall").waitFor()).isZero();
      assertThat(packetFilter()).doesNotContain("SKYPANEL");
    }
  }

  private static String packetFilter() throws Exception {
    Process list = new ProcessBuilder("iptables", "-S").start();
    return new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aTakenJmxPortIsNamedWithItsOwner() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WorkerProcess worker = bench.prepared("JMX_PORT", String.valueOf(taken.getLocalPort()))) {
      worker.start();

      assertThat(worker.awaitExit(SOON)).isEqualTo(2);
      assertThat(worker.output())
          .contains("JMX_PORT is '" + taken.getLocalPort() + "'")
          .contains("taken by process " + ProcessHandle.current().pid() + " (")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aRouteFileThatCantBeLoadedEndsTheStartWithItsNameAndTheReason(@TempDir Path routes)
      throws Exception {
    Path broken = routes.resolve("before-image.camel.yaml");
    String text = Files.readString(Path.of("routes/before-image.camel.yaml"));
    Files.writeString(broken, text.replace("description:", "descriptoin:"));
    try (WorkerProcess worker = bench.prepared("ROUTES_DIR", routes.toString())) {
      worker.start();

      assertThat(worker.awaitExit(SOON)).isEqualTo(2);
      assertThat(worker.output())
          .contains(broken + " can't be loaded:", "descriptoin")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void theOtherCommandsAnswer() throws Exception {
    try (WorkerProcess worker = bench.prepared()) {
      assertThat(command(worker, "--version")).isZero();
      assertThat(worker.output()).matches("skypanel-worker \\d\\S*\\s+");
      assertThat(command(worker, "--help")).isZero();
      assertThat(worker.output()).contains("run", "demo", "sandbox", "credentials", "Exit codes");
      assertThat(command(worker, "credentials")).isEqualTo(1);
      assertThat(worker.output()).contains("has not registered yet");
      assertThat(command(worker, "nonsense")).isEqualTo(2);

      worker.start("run");
      worker.awaitOutput("Ready: ");
      worker.terminate();
      worker.awaitExit(SOON);
      assertThat(command(worker, "credentials")).isZero();
      assertThat(worker.output())
          .contains("WORKER_NODE_ID=" + bench.panel.nodes().get(0).id())
          .containsPattern("WORKER_AUTH_TOKEN=[0-9a-f]{64}");
    }
  }

  private static int command(WorkerProcess worker, String command) {
    worker.start(command);
    return worker.awaitExit(SOON);
  }
}
