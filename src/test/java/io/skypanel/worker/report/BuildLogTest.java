package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Progress.Level;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildLogTest {
  private static final int EVERYTHING = 1 << 30;

  @TempDir Path folder;
  private LogSpool spool;
  private BuildLog log;

  @BeforeEach
  void open() {
    spool = new LogSpool(folder, "deployment-1", 64 << 20);
    log = new BuildLog(spool, UnaryOperator.identity());
  }

  @Test
  void linesAreTheSameWhereverTheOutputIsCut() {
    log.output("image", "on");
    log.output("image", "e\ntwo\n\nfo");
    log.output("image", "ur\n");

    assertThat(spool.tail(EVERYTHING)).isEqualTo("one\ntwo\n\nfour\n");
  }

  @Test
  void anUnfinishedLineIsEndedByTheNextLineOfTheWorkersOwn() {
    log.output("image", "no line end");
    log.line(Level.ERROR, "image", "Failed");

    assertThat(spool.tail(EVERYTHING)).isEqualTo("no line end\nFailed\n");
  }

  @Test
  void ofAProgressBarOnlyItsLastStateStays() {
    log.output("image", "10 %\r50 %\r100 %\r\ndone\r\n");

    assertThat(spool.tail(EVERYTHING)).isEqualTo("100 %\ndone\n");
  }

  @Test
  void aLineWithoutEndIsCutAndCostsBoundedMemory() {
    String chunk = "x".repeat(8 << 10);
    for (int i = 0; i < 12_800; i++) { // 100 MiB without a line break
      log.output("image", chunk);
    }
    log.output("image", "\nend\n");

    String tail = spool.tail(1 << 20);
    assertThat(tail).endsWith("end\n").hasSizeLessThan((1 << 20) + 1000);
    assertThat(tail.lines().skip(1)).allMatch(line -> line.length() <= BuildLog.LINE_CHARS);
  }

  @Test
  void whatThePanelsDatabaseCantStoreIsTakenOut() {
    log.output("image", "\u001b[31mred\u001b[0m nul\0 lone\ud800 pair\ud83d\ude00\n");

    assertThat(spool.tail(EVERYTHING)).isEqualTo("red nul lone\ufffd pair\ud83d\ude00\n");
  }
}
