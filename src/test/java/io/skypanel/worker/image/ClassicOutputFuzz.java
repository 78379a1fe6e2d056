package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import io.skypanel.worker.fuzz.HostileJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the classic builder says, or a program in its words, no step is skipped. */
@Tag("fuzz")
class ClassicOutputFuzz {
  private static final List<String> CLASSIC =
      List.of(
          "Step 1/3 : FROM x\n",
          "Step 2/3 : RUN y",
          "Step 3/3 : CMD z\n",
          "Step 2/99999999999 : ",
          "Step 999999/999999 : RUN",
          " ---> Running in 0123456789ab\n",
          " ---> 0123456789ab\n",
          " ---> Using cache\n",
          " ---> ",
          "Successfully built 0123456789ab\n",
          "\n");

  @Test
  void theClassicBuildersStepsAreBelievedOneAfterTheOtherOnly() {
    Fuzzing.run(
        ClassicOutputFuzz::messages,
        messages -> {
          ClassicOutput output = new ClassicOutput();
          int last = 0;
          for (String message : messages) {
            output.accept(message);
            int now = output.step().map(BuildStep::number).orElse(0);
            assertThat(now).isBetween(last, last + 1);
            last = now;
          }
          assertThat(output.images()).allMatch(image -> image.matches("[0-9a-f]{12,64}"));
        });
  }

  private static List<String> messages(Random random) {
    HostileJson json = new HostileJson(random, List.of("x"), CLASSIC);
    List<String> messages = new ArrayList<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      String message = CLASSIC.get(random.nextInt(CLASSIC.size()));
      messages.add(
          switch (random.nextInt(8)) {
            case 0 -> json.text();
            case 1 -> message + json.text();
            default -> message;
          });
    }
    return messages;
  }
}
