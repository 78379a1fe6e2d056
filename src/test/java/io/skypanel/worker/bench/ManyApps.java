package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BusyboxImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * Apps of this worker on the machine, each with its record, image and container: what a look at
 * {@code /status} and a clean-up take. They are stopped, as by their operator; the engine lists
 * them as it does those that run.
 */
final class ManyApps implements Growth {
  private static final int LOOKS = 9;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Pattern CLEAN_UPS =
      Pattern.compile(
          "camel_route_policy_seconds_(count|sum)\\{[^}]*routeId=\"clean-up\"[^}]*} (\\S+)");

  @Override
  public String id() {
    return "apps";
  }

  @Override
  public List<Series> run(boolean quick) throws Exception {
    List<Series.Point> looks = new ArrayList<>();
    List<Series.Point> cleanUps = new ArrayList<>();
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = Launched.worker(bench)) {
      int there = 0;
      for (int apps : quick ? new int[] {1, 10} : new int[] {1, 10, 100, 1000}) {
        Launched.stop(worker);
        for (; there < apps; there++) {
          add(bench, worker);
        }
        worker.start();
        worker.awaitOutput("Ready: ");
        cleanUps.add(new Series.Point(apps, cleanUp(worker)));
        looks.add(new Series.Point(apps, look(worker)));
      }
    }
    String work = "apps on the machine";
    return List.of(
        new Series("apps-status", work, "GET /status, s, at most", looks, 1),
        new Series("apps-clean-up", work, "a clean-up, s, at most", cleanUps, 1));
  }

  private static double look(WorkerProcess worker) {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < LOOKS; i++) {
      long start = System.nanoTime();
      worker.get("/status");
      seconds.add((System.nanoTime() - start) / 1e9);
    }
    return Row.median(seconds);
  }

  /** There is one at start. */
  private static double cleanUp(WorkerProcess worker) {
    Awaitility.await().atMost(LONGEST).until(() -> figure(worker, "count") >= 1);
    return figure(worker, "sum") / figure(worker, "count");
  }

  private static double figure(WorkerProcess worker, String name) {
    Matcher matcher = CLEAN_UPS.matcher(worker.get("/metrics").body());
    while (matcher.find()) {
      if (matcher.group(1).equals(name)) {
        return Double.parseDouble(matcher.group(2));
      }
    }
    return 0;
  }

  private static void add(WorkerBench bench, WorkerProcess worker) {
    BuildJob job =
        new BuildJob(
            UUID.randomUUID().toString(),
            UUID.randomUUID().toString(),
            "shop",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://example.com/shop.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    ImageRef ref = ImageRef.of(job);
    bench
        .docker()
        .tagImageCmd(BusyboxImage.NAME, ref.repository(), job.deploymentId())
        .withForce(true)
        .exec();
    String image = bench.docker().inspectImageCmd(ref.toString()).exec().getId();
    String container =
        bench
            .docker()
            .createContainerCmd(ref.toString())
            .withName(ImageRef.containerName(job))
            .withLabels(Labels.of(worker.workerId(), job))
            .withCmd("true")
            .exec()
            .getId();
    AppDeployment deployment =
        new AppDeployment(
            job.deploymentId(),
            "a".repeat(40),
            ref.toString(),
            image,
            List.of(),
            Optional.of(container),
            ImageRef.containerName(job),
            OptionalInt.empty(),
            Instant.now(),
            true,
            false,
            Optional.empty());
    new AppRecords(worker.state())
        .update(
            job.appId(),
            old ->
                new AppRecord(
                    job.appId(),
                    "shop",
                    List.of(),
                    Optional.empty(),
                    AppRecord.State.STOPPED,
                    List.of(deployment),
                    List.of()));
  }
}
