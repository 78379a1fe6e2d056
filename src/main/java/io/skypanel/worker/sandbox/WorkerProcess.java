package io.skypanel.worker.sandbox;

import io.skypanel.worker.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A worker as a process of its own, as an operator runs it. */
final class WorkerProcess {
  private static final String LOOPBACK = "127.0.0.1";

  private final Process process;
  private final Path log;

  private WorkerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts {@code java OPTIONS -jar jar run}. Of this process's environment it sees all but the
   * worker's own settings; what concerns the engine stays.
   *
   * @param java what comes before {@code -jar}: the program, and its options
   * @param settings the worker's settings
   * @param directory where it runs; should hold no {@code .env}
   * @param log gets its output
   */
  static WorkerProcess start(
      List<String> java, Path jar, Map<String, String> settings, Path directory, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(java);
    command.addAll(List.of("-jar", jar.toAbsolutePath().toString(), "run"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    for (Setting setting : Setting.values()) {
      if (!setting.name().startsWith("DOCKER_")) {
        builder.environment().remove(setting.name());
      }
    }
    builder.environment().putAll(settings);
    reachLoopbackDirectly(builder.environment());
    Process process = builder.start();
    process.getOutputStream().close();
    return new WorkerProcess(process, log);
  }

  /** The Java that runs this. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The sandbox's git server is there, and whatever proxy this machine has is not for it. */
  static void reachLoopbackDirectly(Map<String, String> environment) {
    String direct = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
    environment.put("no_proxy", direct.isEmpty() ? LOOPBACK : direct + "," + LOOPBACK);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGTERM and waits for the end; empty if it had to be killed after {@code limit}. */
  OptionalInt stop(Duration limit) throws InterruptedException {
    process.destroy();
    if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return OptionalInt.of(process.exitValue());
    }
    process.destroyForcibly().waitFor();
    return OptionalInt.empty();
  }

  /** Ends it at once, if it runs. */
  void kill() {
    process.destroyForcibly();
  }

  /** The last lines of its output. */
  List<String> lastLines(int count) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException e) {
      return List.of("(its output in " + log + " can't be read: " + e.getMessage() + ")");
    }
  }
}
