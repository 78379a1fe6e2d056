package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.SilentBuild;
import io.skypanel.worker.settings.StageLimits;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BuildTimerTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(700);

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Build build = SilentBuild.make();
  private volatile Phase phase = Phase.CHECKOUT;

  @AfterEach
  void stop() {
    clock.shutdownNow();
  }

  private BuildTimer timer(Duration limit, Duration checkout, Duration image) {
    return new BuildTimer(limit, new StageLimits(checkout, image, LONG), clock, b -> phase);
  }

  private String reason() {
    await().until(() -> build.stop().reason().isPresent());
    BuildFailure reason = build.stop().reason().orElseThrow();
    assertThat(reason).isInstanceOf(BuildFailure.TimedOut.class);
    return reason.getMessage();
  }

  @Test
  void theBuildsOwnLimitNamesStageAndSetting() {
    timer(SHORT, LONG, LONG).start(build);

    assertThat(reason())
        .startsWith("Stopped in stage checkout: the build took longer than its limit")
        .contains("BUILD_TIMEOUT_MINUTES");
  }

  @Test
  void aStageHasItsOwnLimitWhichBeginsWithTheStage() {
    timer(LONG, LONG, SHORT).start(build);
    phase = Phase.IMAGE;

    assertThat(reason()).startsWith("Stopped in stage image").contains("IMAGE_TIMEOUT_MINUTES");
  }

  @Test
  void aBuildThatHasEndedIsLeftAlone() {
    BuildTimer timer = timer(SHORT, LONG, LONG);
    timer.start(build);
    timer.cancel(build);
    Build other = SilentBuild.make();
    timer.start(other);

    await().until(() -> other.stop().reason().isPresent());
    assertThat(build.stop().reason()).isEmpty();
  }
}
