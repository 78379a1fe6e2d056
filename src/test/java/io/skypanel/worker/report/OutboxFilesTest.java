package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxFilesTest {
  @TempDir Path state;

  @Test
  void aFileThatIsNoReportStopsNoStart() throws Exception {
    OutboxFiles files = new OutboxFiles(state, new ObjectMapper());
    Report report =
        new Report("app", "dep", "building", Optional.empty(), Optional.empty(), Map.of());
    files.store(report);
    Path stray = Files.writeString(state.resolve("outbox/notes.json"), "{}");

    assertThat(new OutboxFiles(state, new ObjectMapper()).load())
        .extracting(OutboxFiles.Stored::report)
        .containsExactly(report);
    assertThat(stray).exists();
  }

  @Test
  void aReportThatTheDiskDidNotTakeGoesToItsOwnPlaceWhenItDoes() throws Exception {
    OutboxFiles files = new OutboxFiles(state, new ObjectMapper());
    Report first = report("building");
    Report second = report("building_success");
    Files.delete(state.resolve("outbox/rejected"));
    Files.delete(state.resolve("outbox"));
    OutboxFiles.Stored inMemory = files.store(first);
    assertThat(inMemory.onDisk()).isFalse();
    Files.createDirectories(state.resolve("outbox/rejected"));
    files.store(second);

    assertThat(files.storeAgain(inMemory).onDisk()).isTrue();
    assertThat(new OutboxFiles(state, new ObjectMapper()).load())
        .extracting(OutboxFiles.Stored::report)
        .containsExactly(first, second);
  }

  @Test
  void aMessageWithoutEndIsCutBeforeItIsKept() {
    Optional<String> endless = Optional.of("x".repeat(11 << 20));
    Report report = new Report("app", "dep", "building", Optional.empty(), endless, Map.of());

    OutboxFiles.Stored stored = new OutboxFiles(state, new ObjectMapper()).store(report);

    assertThat(stored.file().toFile().length()).isLessThan(32 << 10);
  }

  private static Report report(String status) {
    return new Report("app", "dep", status, Optional.empty(), Optional.empty(), Map.of());
  }
}
