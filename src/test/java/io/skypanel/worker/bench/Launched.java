package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.PanelCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Workers as an operator starts them. */
final class Launched {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private Launched() {}

  /** By {@code bin/skypanel-worker}, on this Java, ready for builds; settings by turns. */
  static WorkerProcess worker(WorkerBench bench, String... settings) {
    WorkerProcess worker = prepared(bench, settings);
    worker.start();
    worker.awaitOutput("Ready: ");
    return worker;
  }

  /** The same, not started. */
  static WorkerProcess prepared(WorkerBench bench, String... settings) {
    return bench.prepared(settings).byLauncher(Path.of(System.getProperty("java.home")));
  }

  /** Starts it, until the next start has what makes it sooner, and stops it. */
  static void makeArchive(WorkerProcess worker) {
    worker.start();
    worker.awaitOutput("The next start takes less time");
    stop(worker);
  }

  /** As an operator stops it. */
  static void stop(WorkerProcess worker) {
    worker.terminate();
    worker.awaitExit(STOP_LIMIT);
  }

  /** Seconds from the first accept of these builds, which have ended, to the last status. */
  static double span(WorkerBench bench, List<String> ids) {
    Duration first =
        ids.stream()
            .map(id -> bench.accepts(id).get(0).at())
            .min(Duration::compareTo)
            .orElseThrow();
    Duration last =
        ids.stream()
            .flatMap(id -> bench.panel.calls("POST .*/" + id + "/status").stream())
            .map(PanelCall::at)
            .max(Duration::compareTo)
            .orElseThrow();
    return last.minus(first).toNanos() / 1e9;
  }
}
