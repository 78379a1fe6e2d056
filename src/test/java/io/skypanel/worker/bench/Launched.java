package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.PanelCall;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Workers as an operator starts them, with the class archive that an earlier start has made. */
final class Launched {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final String FOLDER = "class-archive";

  /** The folder with the archive, by Java's home: all rows share it, as one takes half a minute. */
  private static final Map<Path, Path> ARCHIVES = new HashMap<>();

  private Launched() {}

  /** By {@code bin/skypanel-worker}, on this Java, ready for builds; settings by turns. */
  static WorkerProcess worker(WorkerBench bench, String... settings) throws Exception {
    WorkerProcess worker = prepared(bench, Path.of(System.getProperty("java.home")), settings);
    worker.start();
    worker.awaitOutput("Ready: ");
    return worker;
  }

  /** The same on such a Java, not started. */
  static WorkerProcess prepared(WorkerBench bench, Path javaHome, String... settings)
      throws Exception {
    if (!ARCHIVES.containsKey(javaHome)) {
      ARCHIVES.put(javaHome, makeArchive(javaHome));
    }
    WorkerProcess worker = bench.prepared(settings).byLauncher(javaHome);
    Path state = Files.createDirectories(worker.state());
    Files.createSymbolicLink(state.resolve(FOLDER), ARCHIVES.get(javaHome));
    return worker;
  }

  /** A folder with the archive, which a worker makes in the background of its first start. */
  private static Path makeArchive(Path javaHome) throws Exception {
    Path kept = Files.createTempDirectory("skypanel-bench");
    kept.toFile().deleteOnExit();
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = bench.prepared().byLauncher(javaHome)) {
      worker.start();
      worker.awaitOutput("The next start takes less time");
      stop(worker);
      try (DirectoryStream<Path> made = Files.newDirectoryStream(worker.state().resolve(FOLDER))) {
        for (Path archive : made) {
          Files.move(archive, kept.resolve(archive.getFileName())).toFile().deleteOnExit();
        }
      }
    }
    return kept;
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
