package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.settings.StageLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BuildTimerTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(700);

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Build build = build();
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
    Build other = build();
    timer.start(other);

    await().until(() -> other.stop().reason().isPresent());
    assertThat(build.stop().reason()).isEmpty();
  }

  private static Build build() {
    BuildJob job =
        new BuildJob(
            java.util.UUID.randomUUID().toString(),
            "a",
            "app",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://git.example.com/a.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    Progress silent =
        new Progress() {
          @Override
          public void entered(Phase phase) {}

          @Override
          public void line(Level level, String text) {}

          @Override
          public void output(String chunk) {}
        };
    return new Build(job, Path.of("/tmp/d"), silent, new StopSignal());
  }
}
