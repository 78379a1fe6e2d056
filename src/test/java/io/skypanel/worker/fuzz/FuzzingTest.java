package io.skypanel.worker.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FuzzingTest {
  @Test
  void whateverFailsNamesItsSeedAndInput() {
    for (Throwable failure : List.of(new OutOfMemoryError("heap"), new StackOverflowError())) {
      assertThatThrownBy(
              () ->
                  Fuzzing.run(
                      random -> "input",
                      input -> {
                        throw (Error) failure;
                      }))
          .isInstanceOf(AssertionError.class)
          .hasMessageMatching("fails with -Dfuzz.seed=-?\\d+ \\(" + ".*\\) for input")
          .hasCause(failure);
    }
  }

  @Test
  void anInputThatCannotBeMadeNamesItsSeedToo() {
    assertThatThrownBy(() -> Fuzzing.run(FuzzingTest::none, input -> {}))
        .hasMessageContaining("-Dfuzz.seed=");
  }

  private static String none(Random random) {
    throw new IllegalStateException("no input of " + random);
  }

  @Test
  void anInputThatTakesLongNamesItsSeedAndPlaceWhileItRuns() {
    CountDownLatch named = new CountDownLatch(1);
    List<String> told = new CopyOnWriteArrayList<>();

    Fuzzing.run(
        random -> "input",
        input -> named.await(),
        Duration.ofMillis(20),
        text -> {
          told.add(text);
          named.countDown();
        });

    assertThat(told.get(0))
        .contains("takes long with -Dfuzz.seed=")
        .contains("FuzzingTest.anInputThatTakesLongNamesItsSeedAndPlaceWhileItRuns");
  }
}
