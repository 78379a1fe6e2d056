package io.skypanel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.SilentBuild;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EngineRetryTest {
  private static final Optional<String> AWAY = Optional.empty();

  private final AtomicInteger tries = new AtomicInteger();

  /** An engine that shows these states one after the other, the last one for ever. */
  private static EngineRetry engine(Duration patience, List<Optional<String>> states) {
    Deque<Optional<String>> left = new ArrayDeque<>(states);
    return new EngineRetry(() -> left.size() > 1 ? left.removeFirst() : left.peek(), patience);
  }

  private String failingOnce(BuildFailure failure) throws BuildFailure {
    if (tries.incrementAndGet() == 1) {
      throw failure;
    }
    return "done";
  }

  @Test
  void workThatFailedBecauseTheEngineWasRestartedIsDoneOnceMore() throws Exception {
    var retry =
        engine(Duration.ofSeconds(30), List.of(Optional.of("1"), AWAY, AWAY, Optional.of("2")));
    var lost = new BuildFailure.WorkerFault("the connection broke off", null);

    assertThat(retry.run(SilentBuild.make(), () -> failingOnce(lost))).isEqualTo("done");
    assertThat(tries).hasValue(2);
  }

  @Test
  void workThatASecondRestartBreaksOffIsNotDoneAThirdTime() {
    AtomicInteger seen = new AtomicInteger();
    // away for one look after each failure, and another engine after each
    var retry =
        new EngineRetry(
            () ->
                seen.getAndSet(tries.get()) == tries.get()
                    ? Optional.of("run " + tries.get())
                    : AWAY,
            Duration.ofSeconds(30));
    var lost = new BuildFailure.WorkerFault("the connection broke off", null);

    assertThatThrownBy(
            () ->
                retry.run(
                    SilentBuild.make(),
                    () -> {
                      tries.incrementAndGet();
                      throw lost;
                    }))
        .isSameAs(lost);
    assertThat(tries).hasValue(2);
  }

  @Test
  void workThatADyingEngineBeginsAndBreaksOffIsDoneAThirdTime() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    // away for one look after each failure
    var retry =
        new EngineRetry(
            () -> seen.getAndSet(tries.get()) == tries.get() ? Optional.of("1") : AWAY,
            Duration.ofSeconds(30));

    assertThat(
            retry.run(
                SilentBuild.make(),
                () -> {
                  if (tries.incrementAndGet() < 3) {
                    throw new BuildFailure.WorkerFault("the connection broke off", null);
                  }
                  return "done";
                }))
        .isEqualTo("done");
    assertThat(tries).hasValue(3);
  }

  @Test
  void aProgramThatTheStoppingEngineKilledIsNoFaultOfItsUser() throws Exception {
    var retry = engine(Duration.ofSeconds(30), List.of(Optional.of("1"), Optional.of("2")));
    var killed = new BuildFailure.UserFault("RUN make failed with exit code 137 (step 2/3)");

    assertThat(retry.run(SilentBuild.make(), () -> failingOnce(killed))).isEqualTo("done");
  }

  @Test
  void aStepThatTheStoppingEngineCouldNotBeginIsNoFaultOfItsUser() throws Exception {
    var retry = engine(Duration.ofSeconds(30), List.of(Optional.of("1"), Optional.of("2")));
    var failed = new BuildFailure.UserFault("RUN make failed with exit code 1 (step 2/2)");

    assertThat(retry.run(SilentBuild.make(), () -> failingOnce(failed))).isEqualTo("done");
  }

  @Test
  void anAppThatEndedWellBecauseTheStoppingEngineToldItToIsStartedOnceMore() throws Exception {
    var retry = engine(Duration.ofSeconds(30), List.of(Optional.of("1"), Optional.of("2")));
    var ended = new BuildFailure.UserFault("The app exited with code 0 while it started");

    assertThat(retry.run(SilentBuild.make(), () -> failingOnce(ended))).isEqualTo("done");
  }

  @Test
  void aFailureOfTheUsersIsNeverTriedAgain() {
    var retry = engine(Duration.ofSeconds(30), List.of(Optional.of("1"), Optional.of("2")));
    var failure = new BuildFailure.UserFault("RUN make failed with exit code 2 (step 2/3)");

    assertThatThrownBy(() -> retry.run(SilentBuild.make(), () -> failingOnce(failure)))
        .isSameAs(failure);
    assertThat(tries).hasValue(1);
  }

  @Test
  void anEngineThatStaysAwayIsTheReason() {
    var retry = engine(Duration.ofMillis(1), List.of(Optional.of("1"), AWAY));
    var lost = new BuildFailure.WorkerFault("the connection broke off", null);

    assertThatThrownBy(() -> retry.run(SilentBuild.make(), () -> failingOnce(lost)))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("was not back within");
  }

  @Test
  void aStopEndsTheWait() {
    var retry = engine(Duration.ofSeconds(30), List.of(Optional.of("1"), AWAY));
    Build build = SilentBuild.make();
    var cancelled = new BuildFailure.Cancelled("cancelled");

    assertThatThrownBy(
            () ->
                retry.run(
                    build,
                    () -> {
                      build.stop().stop(cancelled);
                      throw new BuildFailure.WorkerFault("the connection broke off", null);
                    }))
        .isSameAs(cancelled);
  }
}
