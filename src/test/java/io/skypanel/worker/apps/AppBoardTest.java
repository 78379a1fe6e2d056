package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skypanel.worker.apps.AppEvent.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppBoardTest {
  private static final Instant AT = Instant.parse("2024-05-01T10:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Logged log = Logged.of(AppBoard.class);
  private AppRecord app = app("current");
  private final AppBoard board = new AppBoard(id -> Optional.of(app), meters, nanos::get);

  @AfterEach
  void stopListening() {
    log.close();
  }

  private static AppRecord app(String containerId) {
    AppDeployment deployment =
        new AppDeployment(
            "d-1",
            "a".repeat(40),
            "skypanel-app-shop-1:d-1",
            "sha256:1",
            List.of(),
            Optional.of(containerId),
            "skypanel-app-shop-1-d-1",
            OptionalInt.of(20000),
            AT,
            true,
            true,
            Optional.empty());
    return AppRecord.empty("shop-1").named("shop").with(deployment);
  }

  private void hear(Kind kind, String containerId) {
    board.heard(new AppEvent(kind, "shop-1", containerId, kind == Kind.DIED ? 3 : 0, AT));
  }

  private void dies() {
    hear(Kind.DIED, "current");
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private AppBoard.Figures figures() {
    return board.figures("shop-1", "current");
  }

  private double count(String meter) {
    return meters.get(meter).counter().count();
  }

  private double crashLooping() {
    return meters.get("skypanel.apps.crashlooping").gauge().value();
  }

  @Test
  void aDeathIsCountedWithItsExitCode() {
    dies();

    assertThat(figures().restarts()).isEqualTo(1);
    assertThat(figures().lastExit()).contains(new AppBoard.Exit(3, AT));
    assertThat(figures().crashLoop()).isFalse();
    assertThat(count("skypanel.app.deaths")).isEqualTo(1);
  }

  @Test
  void killsForMemoryAndFailingHealthAreCounted() {
    hear(Kind.OUT_OF_MEMORY, "current");
    hear(Kind.UNHEALTHY, "current");

    assertThat(figures().outOfMemory()).isEqualTo(1);
    assertThat(count("skypanel.app.oom")).isEqualTo(1);
    assertThat(count("skypanel.app.unhealthy")).isEqualTo(1);
    assertThat(count("skypanel.app.deaths")).isZero();
  }

  @Test
  void aKillThatTheEngineDidNotSendIsOneForMemoryWhetherTheEngineTellsItOrNot() {
    killed();
    hear(Kind.OUT_OF_MEMORY, "current");
    killed();
    hear(Kind.SIGNALLED, "current");
    killed();

    assertThat(figures().outOfMemory()).isEqualTo(2);
    assertThat(count("skypanel.app.oom")).isEqualTo(2);
  }

  private void killed() {
    board.heard(new AppEvent(Kind.DIED, "shop-1", "current", 137, AT));
  }

  @Test
  void threeRestartsWithinTenMinutesAreACrashLoopThatIsLoggedOnce() {
    dies();
    pass(Duration.ofMinutes(5));
    dies();
    assertThat(figures().crashLoop()).isFalse();
    pass(Duration.ofMinutes(5));
    dies();
    dies();

    assertThat(figures().crashLoop()).isTrue();
    assertThat(crashLooping()).isEqualTo(1);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN App shop (shop-1) is in a crash loop: it ended 3 times within 10 minutes")
        .contains("exit code 3");
  }

  @Test
  void threeRestartsInMoreThanTenMinutesAreNone() {
    for (int i = 0; i < 6; i++) {
      dies();
      pass(Duration.ofMinutes(6));
    }

    assertThat(figures().crashLoop()).isFalse();
    assertThat(figures().restarts()).isEqualTo(6);
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aCrashLoopIsOverAfterTenQuietMinutesAndTheNextOneIsLoggedAgain() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5; i++) {
        dies();
        pass(Duration.ofMinutes(1));
      }
      assertThat(figures().crashLoop()).isTrue();
      pass(Duration.ofMinutes(9));
      assertThat(figures().crashLoop()).isFalse();
      assertThat(crashLooping()).isZero();
      pass(Duration.ofMinutes(1));
    }

    assertThat(log.lines()).hasSize(2);
  }

  @Test
  void whatIsNotTheCurrentContainerDoesNotDie() {
    hear(Kind.DIED, "retiring");

    assertThat(figures()).isEqualTo(AppBoard.Figures.NONE);
    assertThat(board.figures("shop-1", "retiring")).isEqualTo(AppBoard.Figures.NONE);
    assertThat(count("skypanel.app.deaths")).isZero();
  }

  @Test
  void anAppThatIsStoppedDoesNotDie() {
    app = app.in(AppRecord.State.STOPPED);

    dies();

    assertThat(figures()).isEqualTo(AppBoard.Figures.NONE);
    assertThat(count("skypanel.app.deaths")).isZero();
  }

  @Test
  void aRestartByTheWorkerIsNoDeath() {
    board.expectEnd("shop-1", "current");
    hear(Kind.SIGNALLED, "current");
    dies();
    assertThat(count("skypanel.app.deaths")).isZero();

    dies();
    assertThat(count("skypanel.app.deaths")).isEqualTo(1);
  }

  @Test
  void whatSomebodyElseEndsHasDiedButIsNoCrashLoop() {
    for (int i = 0; i < 3; i++) {
      hear(Kind.SIGNALLED, "current");
      pass(Duration.ofSeconds(10));
      dies();
    }

    assertThat(count("skypanel.app.deaths")).isEqualTo(3);
    assertThat(figures().restarts()).isZero();
    assertThat(figures().crashLoop()).isFalse();
  }

  @Test
  void aSignalThatDoesNotEndItExcusesNoLaterDeath() {
    hear(Kind.SIGNALLED, "current");
    pass(Duration.ofMinutes(2));
    dies();

    assertThat(figures().restarts()).isEqualTo(1);
  }

  @Test
  void aNewVersionBeginsAnew() {
    dies();
    dies();
    app = app("next");

    hear(Kind.DIED, "next");

    assertThat(board.figures("shop-1", "next").restarts()).isEqualTo(1);
    assertThat(board.figures("shop-1", "next").crashLoop()).isFalse();
    assertThat(figures()).isEqualTo(AppBoard.Figures.NONE);
  }
}
