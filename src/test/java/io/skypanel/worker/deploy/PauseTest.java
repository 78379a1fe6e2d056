package io.skypanel.worker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.StopSignal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PauseTest {
  private static final Duration UNBOUNDED = Duration.ofMinutes(1);

  @Test
  void theProbeWaits50MillisecondsAndTwiceAsLongEachTimeUpToASecond() throws Exception {
    try (Pause pause = new Pause(new StopSignal())) {
      for (int atLeast : new int[] {50, 100, 200, 400, 800, 1000, 1000}) {
        long begun = System.nanoTime();
        pause.await(UNBOUNDED);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .isBetween(Duration.ofMillis(atLeast), Duration.ofMillis(atLeast + 1500));
      }
    }
  }

  @Test
  void theProbeWaitsNoLongerThanItsCallerHasLeft() throws Exception {
    try (Pause pause = new Pause(new StopSignal())) {
      long begun = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        pause.await(Duration.ofMillis(1));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    }
  }
}
