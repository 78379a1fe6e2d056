package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** How long the launcher takes until the panel has registered the worker. */
final class Start implements Measure {
  private final int feature;
  private final Path javaHome;
  private final double goal;

  Start(int feature, Path javaHome, double goal) {
    this.feature = feature;
    this.javaHome = javaHome;
    this.goal = goal;
  }

  @Override
  public String id() {
    return "start-" + feature;
  }

  @Override
  public Row run(int runs) throws Exception {
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = bench.prepared().byLauncher(javaHome)) {
      Launched.makeArchive(worker);
      start(bench, worker);
      List<Double> seconds = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        seconds.add(start(bench, worker));
      }
      return new Row(
          id(),
          "start on Java " + feature,
          "bin/skypanel-worker -> registered",
          "",
          "s",
          seconds,
          List.of(),
          goal);
    }
  }

  private static double start(WorkerBench bench, WorkerProcess worker) {
    // what the panel knows is kept, so only a new panel or a forgotten node makes it register
    bench.panel.forgetNodes();
    int before = bench.registrations().size();
    long started = System.nanoTime();
    worker.start();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .pollDelay(Duration.ZERO)
        .until(() -> bench.registrations().size() > before);
    double seconds = (System.nanoTime() - started) / 1e9;
    worker.awaitOutput("Ready: ");
    Launched.stop(worker);
    return seconds;
  }
}
