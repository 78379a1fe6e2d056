package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.PanelOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;

/** How long a build waits at the panel for an idle worker, with such a limit of calls. */
final class PickUp implements Measure {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final int limit;
  private final double goal;
  private final Random random = new Random(11);

  PickUp(int limit, double goal) {
    this.limit = limit;
    this.goal = goal;
  }

  @Override
  public String id() {
    return "pick-up-" + limit;
  }

  @Override
  public Row run(int runs) throws Exception {
    PanelOptions options = PanelOptions.today().limited(limit, Duration.ofMinutes(15));
    try (WorkerBench bench = WorkerBench.limited(options);
        WorkerProcess worker = Launched.worker(bench, "POLL_INTERVAL_SECONDS", "10")) {
      List<Double> seconds = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        // a build comes whenever it likes
        Thread.sleep(random.nextLong(LONGEST_PAUSE.toMillis()));
        seconds.add(pickUp(bench));
      }
      return new Row(
          id(),
          "an idle worker takes a build, panel's limit " + limit + " calls in 15 minutes",
          "queued -> accepted",
          "",
          "s",
          seconds,
          List.of(),
          goal);
    }
  }

  private static double pickUp(WorkerBench bench) {
    BenchApp app = BenchApp.small(bench.git);
    long queued = System.nanoTime();
    String id = bench.panel.queue(app.request());
    Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .pollDelay(Duration.ZERO)
        .until(() -> !bench.accepts(id).isEmpty());
    double seconds = (System.nanoTime() - queued) / 1e9;
    bench.ended(id);
    return seconds;
  }
}
