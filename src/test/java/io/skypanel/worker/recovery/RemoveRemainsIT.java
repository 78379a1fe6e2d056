package io.skypanel.worker.recovery;

import static io.skypanel.worker.apps.EngineBench.SILENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.checkout.KeptCheckouts;
import io.skypanel.worker.checkout.WorkspaceRemover;
import io.skypanel.worker.deploy.DockerTarget;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoveRemainsIT {
  @TempDir Path folder;
  private EngineBench bench;
  private AppRecords records;
  private Launches launches;
  private BuildJob job;

  @BeforeEach
  void start() {
    bench = new EngineBench(folder);
    Path state = bench.settings(Map.of()).stateDir();
    records = new AppRecords(state);
    launches = new Launches(state);
    job = EngineBench.job(UUID.randomUUID().toString(), Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void whatWasCutOffLeavesNothing() throws Exception {
    Path workspace = job.workspaceIn(settings().workspaceDir());
    Files.createDirectories(workspace.resolve("src"));
    BuiltImage image = bench.image(job, SILENT);
    String container = container(image);

    remove();

    assertThat(workspace).doesNotExist();
    assertThat(bench.hasContainer(container)).isFalse();
    assertThat(bench.hasImage(image.id())).isFalse();
  }

  @Test
  void whatServesStays() {
    BuiltImage image = bench.image(job, SILENT);
    String container = container(image);
    records.update(job.appId(), app -> app.with(served(image)));

    remove();

    assertThat(bench.hasContainer(container)).isTrue();
    assertThat(bench.hasImage(image.id())).isTrue();
  }

  @Test
  void anImageThatCanBeStartedAgainStaysThoughItsAppsRecordIsLost() {
    BuiltImage image = bench.image(job, SILENT);
    launches.keep(job, image);

    remove();

    assertThat(bench.hasImage(image.id())).isTrue();
  }

  @Test
  void anotherWorkersImageOfTheSameBuildStays() {
    String image =
        bench.image(ImageRef.of(job).toString(), Labels.of("another", job), new ArrayList<>());

    remove();

    assertThat(bench.hasImage(image)).isTrue();
  }

  private void remove() {
    WorkerSettings settings = settings();
    new RemoveRemains(
            new WorkspaceRemover(KeptCheckouts.NONE),
            settings.workspaceDir(),
            new DockerTarget(bench.engine, bench.endpoint, bench.networks(settings)),
            records,
            launches,
            bench.docker,
            bench.workerId)
        .accept(job);
  }

  private WorkerSettings settings() {
    return bench.settings(Map.of());
  }

  private String container(BuiltImage image) {
    return bench.container(image.id(), ImageRef.containerName(job), Labels.of(bench.workerId, job));
  }

  private AppDeployment served(BuiltImage image) {
    return new AppDeployment(
        job.deploymentId(),
        "a".repeat(40),
        image.ref().toString(),
        image.id(),
        List.of(),
        Optional.empty(),
        ImageRef.containerName(job),
        OptionalInt.empty(),
        Instant.now(),
        true,
        true,
        Optional.empty());
  }
}
