package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.PanelCall;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        WorkerProcess worker = Launched.prepared(bench, javaHome)) {
      start(bench, worker);
      List<Double> seconds = new ArrayList<>();
      List<Double> untilBeans = new ArrayList<>();
      List<Double> calls = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        LocalTime begun = LocalTime.now();
        seconds.add(start(bench, worker));
        untilBeans.add(Duration.between(begun, beansMade(worker)).toNanos() / 1e9);
        calls.add(callsSeconds(bench));
      }
      System.err.printf(
          Locale.ROOT,
          "bench: %s, medians: until there are beans %.2f s, until Camel runs %.2f s more,"
              + " until registered %.2f s more%n",
          id(),
          Row.median(untilBeans),
          Row.median(seconds) - Row.median(untilBeans) - Row.median(calls),
          Row.median(calls));
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

  /** By the log: the last line before Camel is started. */
  private static LocalTime beansMade(WorkerProcess worker) {
    return worker
        .output()
        .lines()
        .filter(line -> line.contains("Images are built"))
        .map(line -> LocalTime.parse(line.substring(0, line.indexOf(' '))))
        .reduce((former, latter) -> latter)
        .orElseThrow();
  }

  /** From the first call of the panel to the registration. */
  private static double callsSeconds(WorkerBench bench) {
    List<PanelCall> health = bench.panel.calls("GET /api/health");
    List<PanelCall> registrations = bench.registrations();
    Duration first = health.get(health.size() - 1).at();
    return registrations.get(registrations.size() - 1).at().minus(first).toNanos() / 1e9;
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
