package io.skypanel.worker.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogReadersTest {
  private final AtomicLong nanos = new AtomicLong();
  private final LogReaders readers = new LogReaders(nanos::get);
  private final List<LogReaders.Place> places = new ArrayList<>();

  private void fill() {
    for (int i = 0; i < LogReaders.PLACES; i++) {
      places.add(readers.enter().orElseThrow());
    }
  }

  @Test
  void whoeverHasHeardNothingForTheLongestMakesRoom() {
    fill();
    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    places.forEach(LogReaders.Place::heard);
    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    places.stream().skip(1).forEach(LogReaders.Place::heard);

    assertThat(readers.enter()).isPresent();

    assertThat(places.get(0).isWanted()).isTrue();
    assertThat(places.stream().skip(1)).noneMatch(LogReaders.Place::isWanted);
    assertThat(readers.enter()).isEmpty();
  }

  @Test
  void aPlaceThatIsLeftIsFree() {
    fill();
    assertThat(readers.enter()).isEmpty();

    places.get(3).close();

    assertThat(readers.enter()).isPresent();
    assertThat(readers.enter()).isEmpty();
  }

  @Test
  void appsWithMoreSecretsThanFitIntoTheMemoryAreReadOneAfterTheOther() {
    LogReaders.Place first = readers.enter().orElseThrow();
    LogReaders.Place second = readers.enter().orElseThrow();

    assertThat(first.takes(LogReaders.CHARACTERS * 2)).as("alone").isTrue();
    assertThat(second.takes(1)).isFalse();

    first.close();

    assertThat(second.takes(LogReaders.CHARACTERS - 1)).isTrue();
    assertThat(readers.enter().orElseThrow().takes(1)).isTrue();
    assertThat(readers.enter().orElseThrow().takes(1)).isFalse();
  }
}
