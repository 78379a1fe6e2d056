package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.engine.DockerEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** On what, and when, figures were measured. */
final class Machine {
  private Machine() {}

  static String describe() throws IOException {
    try (DockerEngine engine = WorkerProcess.localEngine()) {
      String model =
          Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 2))
              .findFirst()
              .orElse(System.getProperty("os.arch"));
      return "%s, %d processors of type %s, Linux %s, Docker Engine %s"
          .formatted(
              LocalDate.now(),
              Runtime.getRuntime().availableProcessors(),
              model,
              System.getProperty("os.version"),
              engine.client().versionCmd().exec().getVersion());
    }
  }
}
