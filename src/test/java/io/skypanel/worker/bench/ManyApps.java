package io.skypanel.worker.bench;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BusyboxImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A worker that starts where many apps have their containers, and is asked for its status. */
final class ManyApps implements Growth {
  private static final int ASKED = 7;

  private static final Pattern CLEAN_UP =
      Pattern.compile("camel_route_policy_seconds_(sum|count)\\{.*routeId=\"clean-up\"} (\\S+)");

  @Override
  public String id() {
    return "apps";
  }

  @Override
  public List<Series> run(boolean quick) throws Exception {
    List<Series.Point> first = new ArrayList<>();
    List<Series.Point> second = new ArrayList<>();
    List<Series.Point> status = new ArrayList<>();
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = Launched.worker(bench, "CLEANUP_INTERVAL_MINUTES", "1")) {
      Launched.stop(worker);
      String id = worker.workerId();
      List<String> containers = new ArrayList<>();
      try {
        for (int apps : quick ? new int[] {1, 10} : new int[] {1, 10, 100, 1000}) {
          AppRecords records = new AppRecords(worker.state());
          while (containers.size() < apps) {
            containers.add(stopped(records, bench.docker(), id));
          }
          worker.start();
          worker.awaitOutput("Ready: ");
          double seconds = cleanUpSeconds(worker, 1);
          first.add(new Series.Point(apps, seconds));
          status.add(new Series.Point(apps, statusSeconds(worker)));
          second.add(new Series.Point(apps, cleanUpSeconds(worker, 2) - seconds));
          Launched.stop(worker);
        }
      } finally {
        containers.forEach(c -> bench.docker().removeContainerCmd(c).withForce(true).exec());
      }
    }
    String work = "containers of as many apps on the machine";
    return List.of(
        new Series("apps-clean-up", work, "a clean-up, s, at most", second, 1),
        new Series("apps-first-clean-up", work, "the first after a start, s, at most", first, 1),
        new Series("apps-status", work, "median answer of /status, s, at most", status, 1));
  }

  /** An app as it is when its operator has stopped it: its record and its container are there. */
  private static String stopped(AppRecords records, DockerClient docker, String workerId) {
    String app = UUID.randomUUID().toString();
    String deployment = UUID.randomUUID().toString();
    String name = "skypanel-app-" + app + "-" + deployment;
    String container =
        docker
            .createContainerCmd(BusyboxImage.NAME)
            .withName(name)
            .withLabels(
                Map.of(Labels.WORKER, workerId, Labels.APP, app, Labels.DEPLOYMENT, deployment))
            .withCmd("true")
            .exec()
            .getId();
    AppDeployment served =
        new AppDeployment(
            deployment,
            "0".repeat(40),
            BusyboxImage.NAME,
            docker.inspectImageCmd(BusyboxImage.NAME).exec().getId(),
            List.of(),
            Optional.of(container),
            name,
            OptionalInt.of(20_000),
            Instant.now(),
            true,
            true,
            Optional.empty());
    records.update(app, record -> record.in(AppRecord.State.STOPPED).with(served));
    return container;
  }

  /** All of the first {@code runs} together; comes back when there have been so many. */
  private static double cleanUpSeconds(WorkerProcess worker, int runs) {
    Map<String, Double> figures = new HashMap<>();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        // to ask is work for the worker too
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              CLEAN_UP
                  .matcher(worker.get("/metrics").body())
                  .results()
                  .forEach(m -> figures.put(m.group(1), Double.valueOf(m.group(2))));
              return figures.getOrDefault("count", 0.0) >= runs;
            });
    return figures.get("sum");
  }

  private static double statusSeconds(WorkerProcess worker) throws Exception {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < ASKED; i++) {
      long begun = System.nanoTime();
      worker.get("/status");
      seconds.add((System.nanoTime() - begun) / 1e9);
    }
    return Row.median(seconds);
  }
}
