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
}
