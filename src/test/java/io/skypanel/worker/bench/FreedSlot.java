package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.sandbox.PanelOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** How long a freed slot stays empty while builds wait at a panel with its stock limit. */
final class FreedSlot implements Measure {
  @Override
  public String id() {
    return "freed-slot";
  }

  @Override
  public Row run(int runs) throws Exception {
    try (WorkerBench bench = WorkerBench.limited(PanelOptions.today());
        WorkerProcess worker = Launched.worker(bench, "MAX_CONCURRENT_BUILDS", "1")) {
      // all are to wait before the first has ended
      List<BenchApp> apps =
          Stream.generate(() -> BenchApp.small(bench.git)).limit(runs + 2).toList();
      List<String> ids = apps.stream().map(app -> bench.panel.queue(app.request())).toList();
      ids.forEach(bench::ended);
      List<Double> seconds = gaps(bench.panel.calls("POST .*/builds/.*/(accept|status)"));
      return new Row(
          id(),
          "a slot frees while builds wait",
          "final status -> next accept",
          "",
          "s",
          seconds.subList(1, seconds.size()),
          List.of(),
          0.15);
    }
  }

  private static List<Double> gaps(List<PanelCall> calls) {
    List<PanelCall> ordered = calls.stream().sorted(Comparator.comparing(PanelCall::at)).toList();
    List<Double> gaps = new ArrayList<>();
    Duration ended = Duration.ZERO;
    for (PanelCall call : ordered) {
      if (call.path().endsWith("/status")) {
        ended = call.at();
      } else if (!ended.isZero()) {
        gaps.add(call.at().minus(ended).toNanos() / 1e9);
      }
    }
    return gaps;
  }
}
