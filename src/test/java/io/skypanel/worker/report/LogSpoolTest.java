package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Progress.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSpoolTest {
  private static final long SMALL = 16 << 10;

  @TempDir Path folder;

  private LogSpool open() {
    return new LogSpool(folder, "deployment-1", SMALL);
  }

  private static String shipEverything(LogSpool spool) {
    StringBuilder all = new StringBuilder();
    Optional<LogSpool.Piece> piece;
    while ((piece = spool.next(500)).isPresent()) {
      all.append(piece.get().lines().text()).append('\n');
      spool.shipped(piece.get());
    }
    return all.toString();
  }

  @Test
  void linesAreShippedOnceInOrderWithTheWorstLevelAndTheStage() {
    LogSpool spool = open();
    spool.add(Level.INFO, "checkout", "Cloning");
    spool.add(Level.WARN, "image", "old base image");

    LogSpool.Piece piece = spool.next(1000).orElseThrow();
    spool.shipped(piece);

    assertThat(piece.lines().text()).isEqualTo("Cloning\nold base image");
    assertThat(piece.lines().level()).isEqualTo(Level.WARN);
    assertThat(piece.lines().stage()).isEqualTo("image");
    assertThat(spool.next(1000)).isEmpty();
  }

  @Test
  void shippingResumesAtItsOffsetAfterARestart() {
    LogSpool before = open();
    before.add(Level.INFO, "image", "one");
    before.shipped(before.next(1000).orElseThrow());
    before.add(Level.INFO, "image", "two");
    before.next(1000);

    LogSpool after = open();
    after.add(Level.ERROR, "conclude", "three");

    assertThat(shipEverything(after)).isEqualTo("two\nthree\n");
    assertThat(after.tail(1000)).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void ofALongLogHeadAndTailStayAndTheGapIsNamed() throws IOException {
    LogSpool spool = open();
    for (int i = 0; i < 20_000; i++) {
      spool.add(Level.INFO, "image", "line " + i);
    }

    String shipped = shipEverything(spool);

    assertThat(shipped).startsWith("line 0\nline 1\n").endsWith("line 19999\n");
    assertThat(shipped).containsOnlyOnce("KiB of output left out here");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.mapToLong(f -> f.toFile().length()).sum()).isLessThan(SMALL + 1000);
    }
  }

  @Test
  void theTailBeginsWithAWholeLineAndSaysWhatIsMissing() {
    LogSpool spool = open();
    for (int i = 0; i < 400; i++) {
      spool.add(Level.INFO, "image", "line " + i);
    }

    String tail = spool.tail(200);

    assertThat(tail.lines().findFirst().orElseThrow()).contains("left out here");
    assertThat(tail.lines().skip(1)).allMatch(line -> line.matches("line \\d+"));
    assertThat(tail).endsWith("line 399\n");
  }

  @Test
  void deletingLeavesNothing() throws IOException {
    LogSpool spool = open();
    spool.add(Level.INFO, "image", "one");
    spool.shipped(spool.next(1000).orElseThrow());

    spool.delete();

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
