package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClassicOutputTest {
  private final ClassicOutput output = new ClassicOutput();

  @Test
  void collectsWhatStepsMadeButNotBasesNorWhatWasCached() {
    say(
        "Step 1/4 : FROM busybox",
        " ---> aaaaaaaaaaaa\n",
        "Step 2/4 : ENV A=1",
        " ---> Using cache\n",
        " ---> bbbbbbbbbbbb\n",
        "Step 3/4 : RUN make",
        " ---> Running in 111111111111\n",
        "Removing intermediate container 111111111111\n",
        " ---> cccccccccccc\n",
        "Step 4/4 : RUN test",
        " ---> Running in 222222222222\n");

    assertThat(output.images()).containsExactly("cccccccccccc");
    assertThat(output.container()).contains("222222222222");
    assertThat(output.step()).contains(new BuildStep(4, 4, "RUN test"));
  }

  @Test
  void aProgramThatPrintsTheSameWordsIsNotBelieved() {
    say(
        "Step 1/3 : FROM busybox",
        " ---> aaaaaaaaaaaa\n",
        "Step 2/3 : RUN lie",
        " ---> Running in 111111111111\n",
        " ---> Running in 999999999999\n",
        " ---> ffffffffffff\n",
        "Step 7/9 : RUN forged",
        " ---> Running in 888888888888\n",
        " ---> cccccccccccc\n");

    assertThat(output.container()).contains("111111111111");
    assertThat(output.images()).containsExactly("cccccccccccc");
    assertThat(output.step().orElseThrow().number()).isEqualTo(2);
  }

  private void say(String... messages) {
    Stream.of(messages).forEach(output::accept);
  }
}
