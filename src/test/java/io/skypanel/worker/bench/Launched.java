package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import java.nio.file.Path;

/** Workers as an operator starts them. */
final class Launched {
  private Launched() {}

  /** By {@code bin/skypanel-worker}, on this Java, ready for builds; settings by turns. */
  static WorkerProcess worker(WorkerBench bench, String... settings) {
    WorkerProcess worker =
        bench.prepared(settings).byLauncher(Path.of(System.getProperty("java.home")));
    worker.start();
    worker.awaitOutput("Ready: ");
    return worker;
  }
}
