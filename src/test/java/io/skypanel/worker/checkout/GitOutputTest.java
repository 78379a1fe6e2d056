package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GitOutputTest {
  private final List<String> said = new ArrayList<>();
  private final GitOutput output = new GitOutput(said::add);

  @Test
  void aLongLineLosesNothingWhereItIsCut() {
    output.accept("a".repeat(4096) + "bc\n");
    assertThat(said).containsExactly("a".repeat(4096) + "\n", "bc\n");
  }

  @Test
  void ofALineThatIsDrawnOverTheLastStateStaysHoweverItIsCut() {
    for (char c : "10%\r20%\r30%\r\nfatal: x\r\n".toCharArray()) {
      output.accept(String.valueOf(c));
    }
    assertThat(said).containsExactly("30%\n", "fatal: x\n");
  }
}
