package io.skypanel.worker.sandbox;

import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A worker that starts, registers at a sandbox panel, polls it and ends: it makes nothing at the
 * engine, and shows Java what a start needs.
 */
public final class Rehearsal {
  /** Of the least urgent process on a busy machine. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final int LOOK_MILLIS = 100;
  private static final int SHOWN_LINES = 5;

  private Rehearsal() {}

  /**
   * Runs one and waits for its end; it is ended with an interrupt of the calling thread, too.
   *
   * @param java what comes before {@code -jar}
   * @param docker where the engine is
   * @return what went wrong; empty if it polled, and ended as it was told
   */
  public static Optional<String> run(List<String> java, Path jar, DockerEndpoint docker)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("skypanel-rehearsal-");
    try (SandboxPanel panel = SandboxPanel.open()) {
      Map<String, String> settings = new HashMap<>(DemoStage.settings(panel, folder));
      // what the engine has cached is the operator's
      settings.put("BUILD_CACHE_GB", "0");
      settings.put("DOCKER_HOST", docker.host());
      settings.put("DOCKER_TLS_VERIFY", docker.tls() ? "1" : "");
      docker.certPath().ifPresent(path -> settings.put("DOCKER_CERT_PATH", path.toString()));
      Path log = folder.resolve("worker.log");
      WorkerProcess worker = WorkerProcess.start(java, jar, settings, folder, log);
      try {
        return play(panel, worker);
      } finally {
        worker.kill();
      }
    } finally {
      Folder.remove(folder);
    }
  }

  private static Optional<String> play(SandboxPanel panel, WorkerProcess worker)
      throws InterruptedException {
    long start = System.nanoTime();
    while (panel.calls("GET .*/builds/queued").isEmpty()) {
      if (!worker.isAlive() || System.nanoTime() - start > LIMIT.toNanos()) {
        return Optional.of("it did not poll: " + worker.lastLines(SHOWN_LINES));
      }
      Thread.sleep(LOOK_MILLIS);
    }
    OptionalInt exit = worker.stop(LIMIT);
    return exit.isPresent() && exit.getAsInt() == 0
        ? Optional.empty()
        : Optional.of("it did not end well: " + worker.lastLines(SHOWN_LINES));
  }
}
