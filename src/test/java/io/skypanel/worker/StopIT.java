package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** How builds and workers end before their time: signals, a panel that is away, a time limit. */
@TestMethodOrder(OrderAnnotation.class)
class StopIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String[] DEPLOYED = {"building", "building_success", "deployed"};

  // the shortest limit is a minute: it runs beside the other tests
  private static WorkerBench slowBench;
  private static WorkerProcess slowWorker;
  private static Endless endless;

  private WorkerBench bench;

  /** A build whose RUN does not end; its command is known by a marker. */
  private record Endless(String marker, BuildRequest request) {
    static Endless on(WorkerBench bench) {
      String marker = UUID.randomUUID().toString();
      return new Endless(marker, bench.build("RUN sleep 300 && echo " + marker));
    }

    boolean runs() {
      return BuildSteps.run(marker);
    }
  }

  @BeforeAll
  static void startTheSlowOne() {
    slowBench = WorkerBench.open();
    slowWorker =
        slowBench.worker(
            "BUILD_TIMEOUT_MINUTES", "1", "MAX_CONCURRENT_BUILDS", "1", "LOG_LEVEL", "debug");
    endless = Endless.on(slowBench);
    slowBench.panel.queue(endless.request());
    await().atMost(SOON).until(() -> endless.runs());
  }

  @AfterAll
  static void closeTheSlowOne() throws Exception {
    slowWorker.close();
    slowBench.close();
  }

  @BeforeEach
  void open() {
    bench = WorkerBench.open();
  }

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  @Order(1)
  void anIdleWorkerStopsInUnderTwoSeconds() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      bench.awaitPolls(1);
      long begun = System.nanoTime();
      worker.terminate();

      assertThat(worker.awaitExit(SOON)).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
      assertThat(worker.output().lines().toList()).last().asString().endsWith("Stopped");
      assertThat(worker.output()).doesNotContain("WARN", "ERROR");
    }
  }

  @Test
  @Order(2)
  void aRunningBuildEndsAndIsReportedBeforeTheWorkerStops() throws Exception {
    try (WorkerProcess worker = bench.worker("HEARTBEAT_INTERVAL_SECONDS", "1")) {
      String running = bench.panel.queue(bench.webApp(12));
      bench.awaitStatus(running, "building");
      worker.terminate();
      String line = "Stopping once these builds have ended: " + running;
      long begun = System.nanoTime();
      worker.awaitOutput(line);
      String late = bench.panel.queue(bench.brief());
      int beats = bench.beats().size();

      assertThat(worker.awaitExit(SOON)).isZero();
      // once, and again every ten seconds, however long the build takes here
      long tens = Duration.ofNanos(System.nanoTime() - begun).toSeconds() / 10;
      assertThat(worker.output().lines().filter(said -> said.endsWith(line)).count())
          .isBetween(2L, 1 + Math.max(1, tens));
      assertThat(bench.panel.statusesOf(running)).containsExactly(DEPLOYED);
      assertThat(bench.beats().size()).isGreaterThanOrEqualTo(beats + 2);
      assertThat(bench.panel.statusesOf(late)).isEmpty();
      assertThat(bench.accepts(late)).isEmpty();
    }
  }

  @Test
  @Order(3)
  void aSecondSignalCancelsTheRunningBuildAndReportsIt() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      Endless build = Endless.on(bench);
      String id = bench.panel.queue(build.request());
      await().atMost(SOON).until(() -> build.runs());
      worker.terminate();
      worker.awaitOutput("Stopping once");
      worker.terminate();

      assertThat(worker.awaitExit(SOON)).isZero();
      assertThat(bench.panel.statusesOf(id)).containsExactly("building", "building_failed");
      assertThat(bench.panel.deployment(id).errorMessage().orElseThrow())
          .contains("the worker was told to stop");
      await().atMost(SOON).until(() -> !build.runs());
      assertThat(worker.workspaces()).isEmptyDirectory();
    }
  }

  @Test
  @Order(4)
  void statusesThatFindNoPanelArriveInOrderWhenItIsBack() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      String id = bench.panel.queue(bench.webApp(3));
      bench.awaitStatus(id, "building");
      // the panel has it; the worker must have its answer too
      await().until(() -> waiting(worker) == 0);
      bench.panel.stop();
      await().atMost(SOON).until(() -> recent(worker) == 1);
      assertThat(waiting(worker)).isEqualTo(2);
      bench.panel.start();

      assertThat(bench.ended(id).statuses()).containsExactly(DEPLOYED);
      assertThat(worker.output()).contains("they wait in the outbox", "takes statuses again");
    }
  }

  @Test
  @Order(5)
  void statusesThatAStoppedWorkerCouldNotSendAreSentByItsNextRun() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      String id = bench.panel.queue(bench.webApp(3));
      bench.awaitStatus(id, "building");
      // the panel has it; the worker must have its answer too
      await().until(() -> waiting(worker) == 0);
      bench.panel.stop();
      await().atMost(SOON).until(() -> recent(worker) == 1);
      worker.terminate();
      assertThat(worker.awaitExit(SOON)).isZero();
      assertThat(worker.output()).contains("2 statuses stay in the outbox");

      bench.panel.start();
      worker.start();
      assertThat(bench.ended(id).statuses()).containsExactly(DEPLOYED);
      await().until(() -> worker.state().resolve("outbox").toFile().list().length == 1);
    }
  }

  @Test
  @Order(6)
  void aBuildPastItsLimitIsStoppedAndItsSlotIsFree() throws Exception {
    DeploymentView deployment = slowBench.ended(endless.request().deploymentId());

    assertThat(deployment.statuses()).containsExactly("building", "building_failed");
    assertThat(deployment.errorMessage().orElseThrow())
        .contains("stage image", "1 minute ", "BUILD_TIMEOUT_MINUTES");
    await().atMost(SOON).until(() -> !endless.runs());
    assertThat(ProcessHandle.of(slowWorker.pid()).orElseThrow().descendants()).isEmpty();
    assertThat(slowBench.built(slowBench.webApp(0)).status()).isEqualTo("deployed");
    await().until(() -> slowWorker.workspaces().toFile().list().length == 0);
  }

  private static int waiting(WorkerProcess worker) {
    return worker.status().path("skypanel").path("reportsWaiting").asInt();
  }

  private static int recent(WorkerProcess worker) {
    return worker.status().path("builds").path("recent").size();
  }
}
