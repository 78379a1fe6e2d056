package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** As many builds at once as there are slots: how long all of them take. */
final class ParallelBuilds implements Growth {
  @Override
  public String id() {
    return "parallel";
  }

  @Override
  public List<Series> run(boolean quick) throws Exception {
    List<Series.Point> points = new ArrayList<>();
    for (int slots : quick ? new int[] {1, 4} : new int[] {1, 2, 4, 8, 16}) {
      try (WorkerBench bench = WorkerBench.open();
          WorkerProcess worker =
              Launched.worker(bench, "MAX_CONCURRENT_BUILDS", String.valueOf(slots))) {
        List<BenchApp> apps =
            Stream.generate(() -> BenchApp.small(bench.git)).limit(slots).toList();
        all(bench, apps);
        points.add(new Series.Point(slots, all(bench, apps)));
      }
    }
    return List.of(
        new Series(
            id(),
            "builds at once, each a redeploy of a small app",
            "first accept -> last final status, s",
            points,
            Double.NaN));
  }

  private static double all(WorkerBench bench, List<BenchApp> apps) {
    apps.forEach(BenchApp::change);
    List<String> ids = apps.stream().map(app -> bench.panel.queue(app.request())).toList();
    ids.forEach(bench::ended);
    return Launched.span(bench, ids);
  }
}
