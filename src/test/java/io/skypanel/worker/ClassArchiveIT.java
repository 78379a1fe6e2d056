package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the launcher remembers of a start for the next one. */
class ClassArchiveIT {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private WorkerBench bench;
  private WorkerProcess worker;

  @BeforeEach
  void open() {
    bench = WorkerBench.open();
    worker = bench.prepared().byLauncher();
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    bench.close();
  }

  private void start() {
    worker.start();
    worker.awaitOutput("Ready: ");
  }

  private void stop() {
    worker.terminate();
    assertThat(worker.awaitExit(STOP_LIMIT)).isZero();
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(worker.state().resolve("class-archive"))) {
      return files.toList();
    }
  }

  private boolean isInMemory(Path archive) throws IOException {
    return Files.readString(Path.of("/proc/" + worker.pid() + "/maps"))
        .contains(archive.toString());
  }

  @Test
  void theFirstStartMakesAnArchiveAndTheNextUsesIt() throws Exception {
    start();
    worker.awaitOutput("The next start takes less time");
    assertThat(archives()).hasSize(1);
    Path archive = archives().get(0);
    assertThat(isInMemory(archive)).isFalse();
    stop();

    start();
    assertThat(isInMemory(archive)).isTrue();
    assertThat(bench.panel.nodes()).hasSize(1);
    assertThat(bench.built(bench.brief()).status()).isEqualTo("building_failed");
    stop();

    assertThatAStartDoesNotMind(archive, "");
    assertThatAStartDoesNotMind(archive, "no archive\n".repeat(1000));
  }

  private void assertThatAStartDoesNotMind(Path archive, String content) throws Exception {
    assertThat(archive.toFile().setWritable(true)).isTrue();
    Files.writeString(archive, content);
    start();
    assertThat(worker.output()).doesNotContain("rror");
    stop();
  }
}
