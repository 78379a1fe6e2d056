package io.skypanel.worker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The short form of {@code bin/chaos}: every fault and every phase at least once. It makes
 * namespaces, mounts and an engine, so it fails for any user but root.
 */
@Isolated("starves the machine of what builds need")
class ChaosIT {

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void noBuildIsLostDuplicatedOrStuckWhateverBreaks() throws Exception {
    Path output = Files.createTempFile("chaos-it", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder("bin/chaos").redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("CHAOS_CLASSPATH", System.getProperty("java.class.path"));
    Process chaos = builder.start();
    try {
      int exitCode = chaos.waitFor();
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      System.out.println(printed);
      assertThat(exitCode).as(printed).isZero();
      assertThat(printed.lines().collect(Collectors.toList()))
          .anyMatch(line -> line.matches("all +8 +16 +0 +0 +0 +0"));
    } finally {
      chaos.destroy();
      Files.delete(output);
    }
  }
}
