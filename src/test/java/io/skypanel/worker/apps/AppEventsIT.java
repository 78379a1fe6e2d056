package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BusyboxImage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real engine's events tell of apps. */
class AppEventsIT {
  private static final long MIB = 1024 * 1024;
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;
  private EngineBench bench;
  private AppRecords records;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private AppBoard board;
  private AppOverview overview;
  private AppEvents events;

  @BeforeEach
  void listen() {
    bench = new EngineBench(folder);
    records = new AppRecords(folder.resolve("state"));
    board = new AppBoard(records::find, meters, System::nanoTime);
    overview = new AppOverview(bench.engine, bench.workerId, records, board);
    events = AppEvents.listen(bench.engine, bench.workerId, board);
    awaitEvents();
  }

  @AfterEach
  void close() throws Exception {
    events.close();
    bench.close();
  }

  /** Events from before the engine has heard of the listener are lost: proves that it has. */
  private void awaitEvents() {
    AppRecord probe = app("while :; do sleep 1; done", command -> {});
    String id = id(probe);
    await()
        .atMost(SOON)
        .until(
            () -> {
              bench.docker.killContainerCmd(id).exec();
              await().until(() -> !bench.runs(id));
              bench.docker.startContainerCmd(id).exec();
              return board.figures(probe.appId(), id).lastExit().isPresent();
            });
    bench.docker.removeContainerCmd(id).withForce(true).exec();
    records.remove(probe.appId());
  }

  /** A running app whose container runs this script, and is restarted as a deployed one is. */
  private AppRecord app(String script, Consumer<CreateContainerCmd> change) {
    String appId = UUID.randomUUID().toString();
    CreateContainerCmd command =
        bench
            .docker
            .createContainerCmd(BusyboxImage.NAME)
            .withName(ImageRef.PREFIX + appId + "-d1")
            .withLabels(
                Map.of(Labels.WORKER, bench.workerId, Labels.APP, appId, Labels.DEPLOYMENT, "d1"))
            .withCmd("sh", "-c", script)
            .withHostConfig(host());
    change.accept(command);
    String id = command.exec().getId();
    AppRecord app = records.update(appId, empty -> empty.named("shop").with(deployment(id)));
    bench.docker.startContainerCmd(id).exec();
    return app;
  }

  private static HostConfig host() {
    return HostConfig.newHostConfig().withRestartPolicy(RestartPolicy.unlessStoppedRestart());
  }

  private static AppDeployment deployment(String containerId) {
    return new AppDeployment(
        "d1",
        "a".repeat(40),
        BusyboxImage.NAME,
        "sha256:1",
        List.of(),
        Optional.of(containerId),
        "name",
        OptionalInt.empty(),
        Instant.now(),
        true,
        false,
        Optional.empty());
  }

  private static String id(AppRecord app) {
    return app.current().orElseThrow().containerId().orElseThrow();
  }

  private AppBoard.Figures figures(AppRecord app) {
    return board.figures(app.appId(), id(app));
  }

  private AppState state() {
    return overview.apps(true).get(0).state();
  }

  @Test
  void anAppThatEndsAgainAndAgainIsInACrashLoop() {
    try (Logged log = Logged.of(AppBoard.class)) {
      AppRecord app = app("exit 3", command -> {});

      await().atMost(SOON).until(() -> figures(app).crashLoop());

      assertThat(figures(app).restarts()).isGreaterThanOrEqualTo(3);
      assertThat(figures(app).lastExit().orElseThrow().code()).isEqualTo(3);
      assertThat(state()).isEqualTo(AppState.CRASH_LOOP);
      assertThat(log.lines()).singleElement().asString().contains("crash loop", "exit code 3");
    }
  }

  @Test
  void anAppThatIsKilledForMemoryIsTold() {
    AppRecord app =
        app(
            "x=a; while :; do x=$x$x; done",
            command -> command.withHostConfig(host().withMemory(8 * MIB).withMemorySwap(8 * MIB)));

    await().atMost(SOON).until(() -> figures(app).outOfMemory() > 0);
    await().atMost(SOON).until(() -> figures(app).lastExit().isPresent());

    assertThat(figures(app).lastExit().orElseThrow().code()).isEqualTo(137);
    assertThat(meters.get("skypanel.app.oom").counter().count()).isPositive();
  }

  @Test
  void anAppThatTurnsUnhealthyIsTold() {
    HealthCheck check =
        new HealthCheck()
            .withTest(List.of("CMD-SHELL", "exit 1"))
            .withInterval(Duration.ofSeconds(1).toNanos())
            .withRetries(1);
    app("while :; do sleep 1; done", command -> command.withHealthcheck(check));

    await().atMost(SOON).until(() -> state() == AppState.UNHEALTHY);
    await().atMost(SOON).until(() -> meters.get("skypanel.app.unhealthy").counter().count() == 1);
  }

  @Test
  void whatIsRunStoppedAndMissingIsTold() {
    AppRecord app = app("while :; do sleep 1; done", command -> {});
    assertThat(state()).isEqualTo(AppState.RUNNING);

    bench.docker.killContainerCmd(id(app)).exec();
    await().atMost(SOON).until(() -> state() == AppState.EXITED);
    records.update(app.appId(), now -> now.in(AppRecord.State.STOPPED));
    assertThat(state()).isEqualTo(AppState.STOPPED);
    assertThat(overview.apps(false).get(0).state()).isEqualTo(AppState.UNKNOWN);

    bench.docker.removeContainerCmd(id(app)).withForce(true).exec();
    assertThat(state()).isEqualTo(AppState.MISSING);
  }
}
