package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.sandbox.PanelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** How old the oldest line of a build's output is when it comes to the panel. */
final class LogDelay implements Measure {
  /** Says how long the machine is up, which containers see too. */
  private static final Path UPTIME = Path.of("/proc/uptime");

  private static final Pattern STAMP = Pattern.compile("stamp ([0-9.]+)");

  private final int limit;
  private final double goal;

  LogDelay(int limit, double goal) {
    this.limit = limit;
    this.goal = goal;
  }

  @Override
  public String id() {
    return "log-delay-" + limit;
  }

  @Override
  public Row run(int runs) throws Exception {
    PanelOptions options = PanelOptions.today().limited(limit, Duration.ofMinutes(15));
    try (WorkerBench bench = WorkerBench.limited(options);
        WorkerProcess worker = Launched.worker(bench, "POLL_INTERVAL_SECONDS", "10")) {
      List<Double> seconds = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        seconds.add(oldest(bench));
      }
      return new Row(
          id(),
          "a build prints, panel's limit " + limit + " calls in 15 minutes",
          "oldest line of a shipment, worst of a build -> at the panel",
          "",
          "s",
          seconds,
          List.of(),
          goal);
    }
  }

  private static double oldest(WorkerBench bench) throws Exception {
    String dockerfile =
        WorkerBench.dockerfile(
            "RUN echo "
                + UUID.randomUUID()
                + "; for i in $(seq 20); do echo stamp $(cut -d' ' -f1 /proc/uptime); sleep 0.5;"
                + " done",
            "CMD [\"httpd\", \"-f\", \"-p\", \"3000\"]");
    String id =
        bench.panel.queue(
            BuildRequest.of(bench.repository(Map.of("Dockerfile", dockerfile)).url()));
    double worst = 0;
    int shown = 0;
    int seen = 0;
    boolean ended;
    do {
      ended = bench.isEnded(id);
      List<PanelCall> shipments = bench.panel.calls("POST .*/" + id + "/logs");
      for (PanelCall shipment : shipments.subList(seen, shipments.size())) {
        List<Double> stamps = stamps(shipment.body());
        shown += stamps.size();
        worst = Math.max(worst, stamps.isEmpty() ? 0 : uptime() - stamps.get(0));
      }
      seen = shipments.size();
      Thread.sleep(5);
    } while (!ended);
    List<Double> all = stamps(bench.panel.deployment(id).statusLogs().orElseThrow());
    // what only the final status shows has waited for that
    return shown < all.size() ? Math.max(worst, uptime() - all.get(shown)) : worst;
  }

  private static List<Double> stamps(String text) {
    return STAMP.matcher(text).results().map(m -> Double.valueOf(m.group(1))).toList();
  }

  private static double uptime() throws IOException {
    String text = Files.readString(UPTIME);
    return Double.parseDouble(text.substring(0, text.indexOf(' ')));
  }
}
