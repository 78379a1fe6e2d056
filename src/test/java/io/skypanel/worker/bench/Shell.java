package io.skypanel.worker.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Runs what a person would type, and tells how long it took. */
final class Shell {
  private Shell() {}

  /**
   * Runs a script with {@code sh -e} and waits for it.
   *
   * @throws IllegalStateException with what it printed, if it fails
   */
  static Duration time(String script, Path folder, Map<String, String> variables)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-ec", script)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(variables);
    long start = System.nanoTime();
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (code != 0) {
      throw new IllegalStateException(script + "\nended with " + code + ":\n" + said);
    }
    return took;
  }
}
