package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Outcome;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.RequestBudget;
import io.skypanel.worker.settings.Reserves;
import io.skypanel.worker.settings.Shard;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestWinsTest {
  private static final int SLOTS = 2;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path state;
  private final Set<String> reportsWaiting = new HashSet<>();
  private Intake intake;
  private NewestWins newestWins;

  @BeforeEach
  void open() {
    open(Shard.ALL);
  }

  private void open(Shard shard) {
    Duration second = Duration.ofSeconds(1);
    intake =
        new Intake(
            SLOTS,
            shard,
            new RequestBudget(second, second, SLOTS, System::nanoTime),
            new Resources(new Reserves(0, 0, 0), List.of()),
            new NodeCredentials(state, Optional.empty(), new ObjectMapper()),
            () -> reportsWaiting,
            () -> {});
    intake.poll();
    newestWins = new NewestWins(intake);
  }

  private static BuildJob job(String id, String app, Optional<Integer> minute) {
    return new BuildJob(
        id,
        app,
        "name",
        Optional.empty(),
        minute.map(m -> NOON.plus(Duration.ofMinutes(m))),
        new GitSource("https://git.example.com/a.git", "main", Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of());
  }

  private static BuildJob job(String id, String app, int minute) {
    return job(id, app, Optional.of(minute));
  }

  private static BuildJob undated(String id, String app) {
    return job(id, app, Optional.empty());
  }

  @Test
  void ofSeveralBuildsOfOneAppTheNewestIsLeftAndKnowsTheOlderOnes() {
    BuildJob first = job("d1", "a", 1);
    BuildJob third = job("d3", "a", 3);
    BuildJob second = job("d2", "a", 2);
    BuildJob other = job("e1", "b", 2);

    assertThat(newestWins.choose(List.of(first, other, third, second)))
        .containsExactly(third, other);
    assertThat(newestWins.superseded(third)).containsExactly(first, second);
    assertThat(newestWins.superseded(third)).isEmpty();
    assertThat(newestWins.superseded(other)).isEmpty();
  }

  @Test
  void withoutATimeOrAtTheSameOneTheLastInTheListIsTheNewest() {
    BuildJob dated = job("d1", "a", 1);
    BuildJob undated = undated("d2", "a");
    assertThat(newestWins.choose(List.of(dated, undated))).containsExactly(undated);
    assertThat(newestWins.choose(List.of(undated, dated))).containsExactly(dated);

    BuildJob asOld = job("d3", "a", 1);
    assertThat(newestWins.choose(List.of(dated, asOld))).containsExactly(asOld);
  }

  @Test
  void aBuildThatIsListedTwiceDoesNotSupersedeItself() {
    BuildJob older = job("d1", "a", 1);
    BuildJob newest = job("d2", "a", 2);

    assertThat(newestWins.choose(List.of(older, newest, older, newest))).containsExactly(newest);
    assertThat(newestWins.superseded(newest)).containsExactly(older);
  }

  @Test
  void whatCantBeBuiltIsAnotherShardsOrHasEndedNeitherSupersedesNorIsSuperseded() {
    open(Shard.parse("1/2"));
    String ours = Shard.parse("1/2").takes("a") ? "a" : "b";
    String foreign = ours.equals("a") ? "b" : "a";
    assertThat(Shard.parse("1/2").takes(foreign)).isFalse();
    BuildJob reported = job("d1", ours, 9);
    reportsWaiting.add("d1");
    BuildJob ended = job("d2", ours, 8);
    intake.noteEnded(
        new Outcome(
            ended,
            Outcome.Result.BUILDING_FAILED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of()));
    BuildJob waiting = job("d3", ours, 1);
    QueuedBuild malformed =
        new QueuedBuild.Malformed(Optional.of("d4"), Optional.of(ours), "no repository");
    List<QueuedBuild> queue =
        List.of(waiting, reported, ended, malformed, job("e1", foreign, 1), job("e2", foreign, 2));

    assertThat(newestWins.choose(queue)).isEqualTo(queue);
    assertThat(newestWins.superseded(waiting)).isEmpty();
  }

  @Test
  void behindABuildInFlightTheNewestOfTheWaitingOnesIsNext() {
    BuildJob running = job("d1", "a", 1);
    intake.reserve(running);
    BuildJob second = job("d2", "a", 2);
    BuildJob third = job("d3", "a", 3);

    assertThat(newestWins.choose(List.of(running, second, third))).containsExactly(running, third);
    assertThat(intake.reserve(third)).isFalse();

    intake.release(running);
    intake.poll();
    assertThat(newestWins.choose(List.of(second, third))).containsExactly(third);
    assertThat(intake.reserve(third)).isTrue();
    assertThat(newestWins.superseded(third)).containsExactly(second);
  }

  @Test
  void aPollWhileTheNewestIsBeingClaimedChangesNothingForIt() {
    BuildJob older = job("d1", "a", 1);
    BuildJob claimed = job("d2", "a", 2);
    newestWins.choose(List.of(older, claimed));
    intake.reserve(claimed);

    newestWins.choose(List.of(older, claimed, job("d3", "a", 3)));

    assertThat(newestWins.superseded(claimed)).containsExactly(older);
  }

  @Test
  void whatWasNotTakenIsForgottenAtTheNextPoll() {
    BuildJob older = job("d1", "a", 1);
    BuildJob newest = job("d2", "a", 2);
    newestWins.choose(List.of(older, newest));

    newestWins.choose(List.of(newest));

    assertThat(newestWins.superseded(newest)).isEmpty();
  }
}
