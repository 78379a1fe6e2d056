package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Progress.Level;
import org.junit.jupiter.api.Test;

class BuildLogTest {
  @Test
  void aLineLongerThanOneEntryIsShippedInPiecesAndHoldsUpNothing() {
    BuildLog log = new BuildLog();
    log.line(Level.ERROR, "image", "x".repeat(3 * BuildLog.ENTRY_CHARS));
    log.line(Level.INFO, "image", "the end");

    StringBuilder shipped = new StringBuilder();
    for (var entry = log.takeEntry(); entry.isPresent(); entry = log.takeEntry()) {
      assertThat(entry.get().text()).hasSizeLessThanOrEqualTo(BuildLog.ENTRY_CHARS);
      shipped.append(entry.get().text()).append('\n');
    }

    assertThat(shipped.toString().replace("\n", ""))
        .isEqualTo("x".repeat(3 * BuildLog.ENTRY_CHARS) + "the end");
  }
}
