package io.skypanel.worker.cleanup;

import static io.skypanel.worker.apps.EngineBench.SILENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.RestartPolicy;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.checkout.KeptCheckouts;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("prunes the engine's build cache")
class CleanUpIT {
  private final String appId = UUID.randomUUID().toString();
  private final Set<String> active = new HashSet<>();
  @TempDir Path folder;
  private EngineBench bench;
  private AppRecords records;
  private Launches launches;
  private LeftoverImages leftovers;

  @BeforeEach
  void start() {
    bench = new EngineBench(folder);
    Path state = bench.settings(Map.of()).stateDir();
    records = new AppRecords(state);
    launches = new Launches(state);
    leftovers = new LeftoverImages(state);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void supersededContainersGoAndTheCurrentOneStaysThoughItWasStopped() {
    BuildJob superseded = EngineBench.job(appId, Map.of());
    BuildJob current = EngineBench.job(appId, Map.of());
    BuildJob running = EngineBench.job(appId, Map.of());
    active.add(running.deploymentId());
    String old = container(superseded, BusyboxImage.NAME, true);
    String now = container(current, BusyboxImage.NAME, false);
    String next = container(running, BusyboxImage.NAME, true);
    served(superseded, "sha256:1", List.of());
    served(current, "sha256:2", List.of());

    Tally tally = cleanUp(3);

    assertThat(bench.hasContainer(old)).isFalse();
    assertThat(bench.hasContainer(now)).isTrue();
    assertThat(bench.runs(next)).isTrue();
    assertThat(tally.containers()).isEqualTo(1);
  }

  @Test
  void anAppsVolumesAreNeverRemoved() {
    String volume = ImageRef.PREFIX + appId + "-data";
    bench
        .docker
        .createVolumeCmd()
        .withName(volume)
        .withLabels(Map.of(Labels.WORKER, bench.workerId, Labels.APP, appId))
        .exec();
    try {
      cleanUp(1);

      assertThat(bench.docker.inspectVolumeCmd(volume).exec().getName()).isEqualTo(volume);
    } finally {
      bench.docker.removeVolumeCmd(volume).exec();
    }
  }

  @Test
  void withoutARecordOnlyWhatNeverCameUpGoes() {
    BuildJob failed = EngineBench.job(appId, Map.of());
    BuildJob promoted = EngineBench.job(appId, Map.of());
    String leftover = container(failed, BusyboxImage.NAME, false);
    String app = container(promoted, BusyboxImage.NAME, false);
    bench
        .docker
        .updateContainerCmd(app)
        .withRestartPolicy(RestartPolicy.unlessStoppedRestart())
        .exec();

    cleanUp(3);

    assertThat(bench.hasContainer(leftover)).isFalse();
    assertThat(bench.hasContainer(app)).isTrue();
  }

  @Test
  void nothingForeignIsTouchedWhateverItsState() {
    Map<String, String> otherWorker =
        Map.of(Labels.WORKER, "other-" + UUID.randomUUID(), Labels.APP, appId);
    BuildJob served = EngineBench.job(appId, Map.of());
    BuiltImage ours = bench.image(served, SILENT);
    served(served, ours.id(), List.of());
    List<String> containers = new ArrayList<>();
    List<String> images = new ArrayList<>();
    for (Map<String, String> labels : List.of(Map.<String, String>of(), otherWorker)) {
      containers.add(bench.stoppedContainer(BusyboxImage.NAME, name(), labels));
      containers.add(bench.container(BusyboxImage.NAME, name(), labels));
      containers.add(
          bench.stoppedContainer(
              BusyboxImage.NAME, ImageRef.PREFIX + appId + "-" + UUID.randomUUID(), labels));
      images.add(bench.image("bench/" + UUID.randomUUID() + ":1", labels, images));
      images.add(bench.image("", labels, images));
    }
    // an operator's, made from an app's image, inherits the labels of a deployment that is gone
    BuildJob gone = EngineBench.job(appId, Map.of());
    BuiltImage base = bench.image(gone, SILENT);
    containers.add(bench.stoppedContainer(base.id(), name(), Map.of()));
    images.add(
        bench.image("bench/" + UUID.randomUUID() + ":1", Labels.of(bench.workerId, gone), images));
    images.add(bench.image("", Labels.of(bench.workerId, gone), images));

    cleanUp(1);

    assertThat(containers).allMatch(bench::hasContainer);
    assertThat(images).allMatch(bench::hasImage);
    assertThat(bench.hasImage(ours.id())).isTrue();
  }

  @Test
  void theNewestImagesThatServedStayForEachApp() {
    List<BuiltImage> built = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      BuildJob job = EngineBench.job(appId, Map.of());
      BuiltImage image = bench.image(job, SILENT);
      built.add(image);
      records.update(
          appId, app -> app.with(deployment(job, image.id(), image.intermediates(), true)));
    }
    BuildJob failed = EngineBench.job(appId, Map.of());
    BuiltImage failure = bench.image(failed, SILENT);
    records.update(
        appId, app -> app.with(deployment(failed, failure.id(), failure.intermediates(), false)));
    BuildJob running = EngineBench.job(appId, Map.of());
    BuiltImage building = bench.image(running, SILENT);
    // somebody's container uses a superseded one
    bench.stoppedContainer(built.get(0).id(), name(), Map.of());
    active.add(running.deploymentId());

    Tally tally = cleanUp(2);

    assertThat(built)
        .extracting(i -> bench.hasImage(i.id()))
        .containsExactly(true, false, true, true);
    assertThat(bench.hasImage(failure.id())).isFalse();
    assertThat(bench.hasImage(building.id())).isTrue();
    assertThat(tally.images()).isEqualTo(2);
    // a running build might be building upon them
    assertThat(failure.intermediates()).isNotEmpty().allMatch(bench::hasImage);

    active.clear();
    cleanUp(2);

    assertThat(failure.intermediates()).noneMatch(bench::hasImage);
    assertThat(built.get(1).intermediates()).noneMatch(bench::hasImage);
    assertThat(built.get(3).intermediates()).isNotEmpty().allMatch(bench::hasImage);
    AppRecord record = records.find(appId).orElseThrow();
    assertThat(record.deployments()).hasSize(5);
    assertThat(record.deployments().get(0).intermediates()).isEmpty();
    assertThat(record.deployments().get(1).intermediates()).isNotEmpty();
  }

  @Test
  void whatCouldBeStartedAgainGoesWithItsImage() {
    List<BuildJob> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      BuildJob job = EngineBench.job(appId, Map.of());
      BuiltImage image = bench.image(job, SILENT);
      jobs.add(job);
      launches.keep(job, image);
      served(job, image.id(), image.intermediates());
    }
    BuildJob running = EngineBench.job(appId, Map.of());
    launches.keep(running, bench.image(running, SILENT));
    active.add(running.deploymentId());

    cleanUp(2);

    assertThat(jobs)
        .extracting(job -> launches.find(job.deploymentId()).isPresent())
        .containsExactly(false, true, true);
    assertThat(launches.find(running.deploymentId())).isPresent();
  }

  @Test
  void whatAFailedBuildLeftGoesUnlessSomebodyNamedIt() {
    List<String> steps = new ArrayList<>();
    String result = bench.image("", Map.of(), steps, "RUN echo a > /a", "RUN echo b > /b");
    List<String> taken = new ArrayList<>();
    String named = bench.image("bench/" + UUID.randomUUID() + ":1", Map.of(), taken, SILENT);
    List<String> left = new ArrayList<>(steps);
    left.add(result);
    leftovers.accept(left);
    leftovers.accept(List.of(named, "sha256:" + "0".repeat(64)));

    Tally tally = cleanUp(3);

    assertThat(left).hasSizeGreaterThan(2).noneMatch(bench::hasImage);
    assertThat(bench.hasImage(named)).isTrue();
    assertThat(leftovers.ids()).isEmpty();
    assertThat(tally.images()).isEqualTo(left.size());
    assertThat(tally.bytes()).isPositive();
  }

  @Test
  void anEngineThatDoesNotAnswerIsNoError() throws Exception {
    try (var nowhere =
        new DockerEngine(
            new DockerEndpoint("unix://" + folder.resolve("no.sock"), false, Optional.empty()))) {
      assertThat(cleanUp(nowhere, 3).engineFailed()).isTrue();
    }
  }

  private Tally cleanUp(int keepImages) {
    return cleanUp(bench.engine, keepImages);
  }

  private Tally cleanUp(DockerEngine engine, int keepImages) {
    WorkerSettings settings = bench.settings(Map.of("KEEP_IMAGES", "" + keepImages));
    CleanUp cleanUp =
        new CleanUp(
            settings,
            bench.workerId,
            engine,
            KeptCheckouts.NONE,
            () -> false,
            records,
            launches,
            leftovers,
            bench.networks(settings),
            path -> false,
            () -> active);
    Tally tally = cleanUp.networks(cleanUp.containers(cleanUp.workspaces()));
    return cleanUp.report(cleanUp.buildCache(cleanUp.images(tally)));
  }

  private String container(BuildJob job, String image, boolean running) {
    Map<String, String> labels = Labels.of(bench.workerId, job);
    String name = ImageRef.containerName(job);
    return running
        ? bench.container(image, name, labels)
        : bench.stoppedContainer(image, name, labels);
  }

  private static String name() {
    return "bench-" + UUID.randomUUID();
  }

  private void served(BuildJob job, String imageId, List<String> intermediates) {
    records.update(appId, app -> app.with(deployment(job, imageId, intermediates, true)));
  }

  private static AppDeployment deployment(
      BuildJob job, String imageId, List<String> intermediates, boolean served) {
    return new AppDeployment(
        job.deploymentId(),
        "c".repeat(40),
        ImageRef.of(job).toString(),
        imageId,
        intermediates,
        Optional.empty(),
        ImageRef.containerName(job),
        OptionalInt.empty(),
        Instant.now(),
        served,
        true,
        Optional.empty());
  }
}
