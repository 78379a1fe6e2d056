package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.RequestBudget;
import io.skypanel.worker.settings.Reserves;
import io.skypanel.worker.settings.Shard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {
  private static final int SLOTS = 2;

  @TempDir Path state;
  private final AtomicInteger polls = new AtomicInteger();
  private final Set<String> reportsWaiting = new HashSet<>();
  private Intake intake;
  private Predicate<String> window;

  @BeforeEach
  void open() {
    Duration second = Duration.ofSeconds(1);
    intake =
        new Intake(
            SLOTS,
            Shard.ALL,
            new RequestBudget(second, second, SLOTS, System::nanoTime),
            new Resources(new Reserves(0, 0, 0), List.of()),
            new NodeCredentials(state, Optional.empty(), new ObjectMapper()),
            () -> reportsWaiting,
            polls::incrementAndGet);
    window = intake.pollOwn().ofApps();
  }

  private static BuildJob job(String id, String app) {
    return new BuildJob(
        id,
        app,
        "name",
        Optional.empty(),
        Optional.empty(),
        new GitSource("https://git.example.com/a.git", "main", Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of());
  }

  @Test
  void aBuildInFlightWhoseSettingsWereSpoiledMeanwhileGoesOn() {
    var spoiled =
        new QueuedBuild.Malformed(Optional.of("d1"), Optional.of("a1"), "githubBranch is bad");
    assertThat(intake.isOurs(spoiled)).isTrue();

    assertThat(intake.reserve(job("d1", "a1"))).isTrue();

    assertThat(intake.isOurs(spoiled)).isFalse();
  }

  @Test
  void aBuildOfAnEarlierRunWhoseStatusArrivesWhileThePanelAnswersIsNotTakenAgain() {
    reportsWaiting.add("d1");
    intake.poll();
    reportsWaiting.clear();

    assertThat(intake.reserve(job("d1", "a1"))).isFalse();
    assertThat(
            intake.isOurs(
                new QueuedBuild.Malformed(Optional.of("d1"), Optional.of("a1"), "no branch")))
        .isFalse();

    intake.poll();
    assertThat(intake.reserve(job("d1", "a1"))).isTrue();
  }

  @Test
  void whatAPollCouldTakeNothingOfHidesNoOthersFromTheNext() {
    IntStream.range(0, PollWindow.APPS).forEach(i -> assertThat(reads("stuck-" + i)).isTrue());
    assertThat(reads("behind")).isFalse();

    window = intake.pollOwn().ofApps();

    assertThat(reads("behind")).isTrue();
    assertThat(IntStream.range(0, PollWindow.APPS + 5)).allMatch(i -> reads("stuck-" + i));

    window = intake.pollOwn().ofApps();
    assertThat(IntStream.range(0, PollWindow.APPS + 5)).anyMatch(i -> !reads("stuck-" + i));
  }

  @Test
  void aPollThatTookSomethingIsFollowedByOneLikeIt() {
    IntStream.range(0, PollWindow.APPS).forEach(i -> reads("app-" + i));
    intake.reserve(job("d1", "app-0"));

    window = intake.pollOwn().ofApps();

    assertThat(IntStream.range(0, PollWindow.APPS + 5)).anyMatch(i -> !reads("app-" + i));
  }

  private boolean reads(String appId) {
    return window.test(appId);
  }

  @Test
  void noMoreIsTakenThanThereAreSlotsAndABuildThatEndsAsksForTheOnesThatWait() {
    BuildJob first = job("d1", "a1");
    assertThat(intake.reserve(first)).isTrue();
    assertThat(intake.reserve(job("d2", "a2"))).isTrue();
    assertThat(intake.hasRoom()).isFalse();
    assertThat(intake.reserve(job("d3", "a3"))).isFalse();
    intake.noteAccepted(first);

    intake.release(first);

    assertThat(polls).hasValue(1);
    assertThat(intake.hasRoom()).isTrue();
  }

  @Test
  void aBuildThatThePanelDidNotLetBeAcceptedIsNotAskedForAgainAtOnce() {
    BuildJob first = job("d1", "a1");
    intake.reserve(first);
    intake.reserve(job("d2", "a2"));
    intake.reserve(job("d3", "a3"));

    intake.release(first);

    assertThat(polls).hasValue(0);
    assertThat(intake.inFlight()).isEqualTo(1);
  }

  @Test
  void aBuildThatTheQueueDoesNotTakeHoldsNoSlot() {
    BuildJob first = job("d1", "a1");
    intake.reserve(first);

    intake.giveBack(first, new IllegalStateException("no broker"));

    assertThat(intake.inFlight()).isZero();
    assertThat(intake.reserve(first)).isTrue();
  }

  @Test
  void neitherTheSameBuildNorAnotherOfTheSameAppIsTakenWhileOneIsInFlight() {
    assertThat(intake.reserve(job("d1", "a1"))).isTrue();
    assertThat(intake.reserve(job("d1", "a1"))).isFalse();
    assertThat(intake.reserve(job("d2", "a1"))).isFalse();
  }

  @Test
  void aBuildWhoseStatusesWaitIsNotTakenThoughThePanelListsIt() {
    reportsWaiting.add("d1");
    assertThat(intake.reserve(job("d1", "a1"))).isFalse();
  }

  @Test
  void aHeldIntakeTakesNothingAndPollsWhenTheLastHoldIsLifted() {
    intake.hold("one");
    intake.hold("two");
    assertThat(intake.reserve(job("d1", "a1"))).isFalse();

    intake.lift("one");
    assertThat(polls).hasValue(0);
    intake.lift("two");
    assertThat(polls).hasValue(1);
    assertThat(intake.reserve(job("d1", "a1"))).isTrue();
  }
}
