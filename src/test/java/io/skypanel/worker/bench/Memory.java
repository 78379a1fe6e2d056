package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an idle worker holds in memory: after its start, or after so many builds. */
final class Memory implements Measure {
  private static final long SETTLES_MILLIS = 15_000;
  private static final long BETWEEN_MILLIS = 1000;
  private static final double KIBIBYTE = 1024 / 1e6;

  private final int builds;
  private final double goal;

  Memory(int builds, double goal) {
    this.builds = builds;
    this.goal = goal;
  }

  @Override
  public String id() {
    return "memory-" + builds;
  }

  @Override
  public Row run(int runs) throws Exception {
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = Launched.worker(bench)) {
      BenchApp app = BenchApp.small(bench.git);
      for (int i = 0; i < builds; i++) {
        app.change();
        bench.ended(bench.panel.queue(app.request()));
      }
      Thread.sleep(SETTLES_MILLIS);
      List<Double> megabytes = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        megabytes.add(residentMegabytes(worker.pid()));
        Thread.sleep(BETWEEN_MILLIS);
      }
      return new Row(
          id(),
          "idle after " + builds + " builds",
          "VmRSS of the worker's process",
          "",
          "MB",
          megabytes,
          List.of(),
          goal);
    }
  }

  /** What the kernel says. */
  static double residentMegabytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * KIBIBYTE)
        .sum();
  }
}
