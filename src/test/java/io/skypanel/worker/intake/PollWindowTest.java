package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.settings.Shard;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PollWindowTest {
  private static final Shard FIRST = new Shard(1, 2);
  private static final Shard SECOND = new Shard(2, 2);

  @Test
  void onlyAppsOfTheShardAreRead() {
    PollWindow window = new PollWindow(FIRST);

    assertThat(apps(FIRST).limit(10)).allMatch(window);
    assertThat(apps(SECOND).limit(10)).noneMatch(window);
  }

  @Test
  void ofManyAppsTheFirstInTheQueueAreRead() {
    PollWindow window = new PollWindow(Shard.ALL);
    List<String> apps = apps(Shard.ALL).limit(PollWindow.APPS + 5).toList();

    assertThat(apps.stream().filter(window)).isEqualTo(apps.subList(0, PollWindow.APPS));
  }

  @Test
  void everyBuildOfAnAppIsReadHoweverManyAppsAreBetween() {
    PollWindow window = new PollWindow(Shard.ALL);
    List<String> apps = apps(Shard.ALL).limit(PollWindow.APPS + 5).toList();
    apps.forEach(window::test);

    assertThat(window.test(apps.get(0))).isTrue();
    assertThat(window.test(apps.get(PollWindow.APPS))).isFalse();
  }

  @Test
  void whatIsNoIdIsReadByEveryShardSoThatItIsReported() {
    assertThat(List.of("", "no id", "../app")).allMatch(new PollWindow(FIRST));
    assertThat(List.of("", "no id", "../app")).allMatch(new PollWindow(SECOND));
  }

  private static Stream<String> apps(Shard shard) {
    return IntStream.iterate(0, i -> i + 1).mapToObj(i -> "app-" + i).filter(shard::takes);
  }
}
