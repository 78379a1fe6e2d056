package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;

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
}
