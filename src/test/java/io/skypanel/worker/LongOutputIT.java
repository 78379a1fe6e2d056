package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** However much a build prints, the worker's memory and disk stay bounded and the build ends. */
@Isolated("measures memory")
class LongOutputIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final long MIB = 1 << 20;

  /**
   * Twice the 64 MiB that a build's log may take: the files of one build, and room for the next.
   */
  private static final long MAX_SPOOL = 128 * MIB;

  /** The heap of a worker under test is 256 MiB. */
  private static final long MAX_RSS = 450 * MIB;

  private WorkerBench bench;
  private WorkerProcess worker;

  @BeforeEach
  void open() {
    bench = WorkerBench.open();
    worker = bench.worker("BUILD_TIMEOUT_MINUTES", "10");
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    bench.close();
  }

  private BuildRequest printing(String command) {
    return bench.build(
        "RUN echo " + UUID.randomUUID() + "; " + command + "; echo; echo the last line",
        "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]");
  }

  private DeploymentView built(BuildRequest request) {
    String id = bench.panel.queue(request);
    await().atMost(LIMIT).until(() -> bench.isEnded(id));
    return bench.panel.deployment(id);
  }

  private void assertBounded(DeploymentView deployment) throws IOException {
    assertThat(deployment.status()).isEqualTo("deployed");
    // BuildKit itself leaves out what a step prints beyond 2 MiB
    boolean classic = System.getProperty("builder", "auto").equals("classic");
    assertThat(deployment.statusLogs().orElseThrow())
        .contains(classic ? "the last line\n" : "[output clipped, log limit");
    assertThat(peakMemory()).isLessThan(MAX_RSS);
    try (Stream<Path> files = Files.walk(worker.state())) {
      assertThat(files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum())
          .isLessThan(MAX_SPOOL);
    }
  }

  private long peakMemory() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + worker.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aBuildThatPrintsAGigabyteEndsNormally() throws Exception {
    String line =
        "a line of output as compilers print it, a hundred characters long or so, again and again";

    assertBounded(built(printing("yes '" + line + "' | head -c 1073741824")));
  }

  @Test
  void aBuildThatPrintsAHundredMegabytesWithoutALineBreakEndsNormally() throws Exception {
    assertBounded(built(printing("tr '\\\\0' x < /dev/zero | head -c 104857600")));
  }
}
