package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.sandbox.PanelOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** How long a build waits at the panel for an idle worker, with such a limit of calls. */
final class PickUp implements Measure {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final int limit;
  private final double goal;

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
        awaitMoment(bench, (run + 0.5) / runs);
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

  /** Builds come whenever they like, so each one takes its part of the time between two polls. */
  private static void awaitMoment(WorkerBench bench, double part) throws InterruptedException {
    int before = polls(bench).size();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .pollDelay(Duration.ZERO)
        .atMost(LONGEST)
        .until(() -> polls(bench).size() >= before + 2);
    List<PanelCall> polls = polls(bench);
    Duration apart = polls.get(polls.size() - 1).at().minus(polls.get(polls.size() - 2).at());
    Thread.sleep((long) (apart.toMillis() * part));
  }

  private static List<PanelCall> polls(WorkerBench bench) {
    return bench.panel.calls("GET .*/builds/queued");
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
