package io.skypanel.worker.report;

import io.skypanel.worker.LauncherOptions;
import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.redact.Redactor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * How fast a build's output goes through redaction to the spool, and what it leaves in the heap.
 */
public final class LinesSpeed {
  private static final int SECRETS = 20;
  private static final int LINES_A_WRITE = 50;
  private static final int WARM_UP = 20_000;

  private LinesSpeed() {}

  /**
   * What was measured.
   *
   * @param heapMegabytes in use after the garbage was collected
   */
  public record Figures(double linesPerSecond, double heapMegabytes) {}

  /** Measures in a process of its own, with the options by which the launcher starts the worker. */
  public static Figures inOwnProcess(int lines) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LauncherOptions.read());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            LinesSpeed.class.getName(),
            String.valueOf(lines)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
    String[] figures = said.strip().split(" ");
    return new Figures(Double.parseDouble(figures[0]), Double.parseDouble(figures[1]));
  }

  /** Prints lines a second and megabytes. */
  public static void main(String[] arguments) throws Exception {
    int lines = Integer.parseInt(arguments[0]);
    Path folder = Files.createTempDirectory("skypanel-lines");
    List<String> secrets =
        Stream.generate(() -> UUID.randomUUID().toString()).limit(SECRETS).toList();
    print(folder, secrets, WARM_UP);
    long start = System.nanoTime();
    print(folder, secrets, lines);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    double used = (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
    new FolderRemoval(folder).run();
    System.out.println(lines / seconds + " " + used);
  }

  private static void print(Path folder, List<String> secrets, int lines) {
    String id = UUID.randomUUID().toString();
    BuildJob job =
        new BuildJob(
            id,
            "app",
            "shop",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://example.com/shop.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    LogSpool spool = new LogSpool(folder, id, Reports.LOG_BYTES);
    BuildReport report =
        new BuildReport(job, new Redactor(secrets), spool, new Journal(folder.resolve("journal")));
    StringBuilder chunk = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      chunk.append("Step ").append(i).append(": compiled src/main/java/shop/Order.java in 12 ms");
      if (i % 100 == 0) {
        chunk.append(" with ").append(secrets.get(i / 100 % SECRETS));
      }
      chunk.append('\n');
      if (i % LINES_A_WRITE == LINES_A_WRITE - 1) {
        report.output(chunk.toString());
        chunk.setLength(0);
      }
    }
    report.output(chunk.toString());
  }
}
