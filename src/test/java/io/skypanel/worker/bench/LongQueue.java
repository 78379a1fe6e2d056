package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.settings.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A queue that stays as it is: of other workers' builds, or of this one's, of which the panel lets
 * it take none.
 */
final class LongQueue implements Growth {
  private static final Shard OURS = new Shard(1, 2);
  private static final Shard THEIRS = new Shard(2, 2);
  private static final int WARM_UP = 10;
  private static final int POLLS = 20;

  /** What the kernel counts a process's time in, a second of it. */
  private static final double TICKS = 100;

  @Override
  public String id() {
    return "queue";
  }

  @Override
  public List<Series> run(boolean quick) throws Exception {
    List<Series> all = new ArrayList<>(run(quick, THEIRS, "none of them this worker's"));
    all.addAll(run(quick, OURS, "all of them this worker's, which may take none"));
    return all;
  }

  private static List<Series> run(boolean quick, Shard shard, String whose) throws Exception {
    List<Series.Point> milliseconds = new ArrayList<>();
    List<Series.Point> megabytes = new ArrayList<>();
    double idle = 0;
    for (int builds : quick ? new int[] {0, 10, 1000} : new int[] {0, 10, 100, 1000, 10_000}) {
      PanelOptions options = PanelOptions.today().limited(100_000, Duration.ofMinutes(15));
      try (WorkerBench bench = WorkerBench.limited(options);
          WorkerProcess worker = Launched.worker(bench, "WORKER_SHARD", OURS.toString())) {
        bench.panel.setNodeStatus(bench.panel.nodes().get(0).id(), "maintenance");
        bench.queue(builds, () -> of(shard));
        await(bench, WARM_UP);
        long before = ticks(worker.pid());
        await(bench, POLLS);
        double each = (ticks(worker.pid()) - before) / TICKS * 1e3 / POLLS;
        double resident = Memory.residentMegabytes(worker.pid());
        if (builds == 0) {
          idle = resident;
        } else {
          milliseconds.add(new Series.Point(builds, each));
          megabytes.add(new Series.Point(builds, Math.max(0, resident - idle)));
        }
      }
    }
    String id = "queue-" + shard.index();
    String work = "builds in the queue, " + whose;
    return List.of(
        new Series(id + "-cpu", work, "processor time of a poll, ms, at most", milliseconds, 100),
        new Series(id + "-memory", work, "more resident than idle, MB, at most", megabytes, 32));
  }

  private static BuildRequest of(Shard shard) {
    String app =
        Stream.generate(() -> UUID.randomUUID().toString())
            .filter(shard::takes)
            .findFirst()
            .orElseThrow();
    return BuildRequest.of("https://git.example.com/shop.git").app(app);
  }

  private static void await(WorkerBench bench, int more) {
    int wanted = bench.polls().size() + more;
    Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> bench.polls().size() >= wanted);
  }

  private static long ticks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
