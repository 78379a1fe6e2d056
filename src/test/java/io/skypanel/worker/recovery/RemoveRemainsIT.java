package io.skypanel.worker.recovery;

import static io.skypanel.worker.apps.EngineBench.SILENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    records.update(job.appId(), app -> app.with(served(job, image)));

    remove();

    assertThat(bench.hasContainer(container)).isTrue();
    assertThat(bench.hasImage(image.id())).isTrue();
  }

  @Test
  void anAppWhoseRecordIsLostStaysIfItCanBeStartedAgain() {
    BuiltImage image = bench.image(job, SILENT);
    String container = container(image);
    launches.keep(job, image);

    remove();

    assertThat(bench.hasContainer(container)).isTrue();
    assertThat(bench.hasImage(image.id())).isTrue();
  }

  @Test
  void ofWhatServedBeforeTheImageStays() {
    BuiltImage image = bench.image(job, SILENT);
    String container = container(image);
    BuildJob newer = EngineBench.job(job.appId(), Map.of());
    records.update(job.appId(), app -> app.with(served(job, image)).with(served(newer, image)));

    remove();

    assertThat(bench.hasContainer(container)).isFalse();
    assertThat(bench.hasImage(image.id())).isTrue();
  }

  @Test
  void whatAnotherWorkerMadeOfTheSameBuildStays() {
    Map<String, String> labels = Labels.of("another", job);
    String image = bench.image(ImageRef.of(job).toString(), labels, new ArrayList<>(), SILENT);
    String container = bench.container(image, ImageRef.containerName(job), labels);

    remove();

    assertThat(bench.hasContainer(container)).isTrue();
    assertThat(bench.hasImage(image)).isTrue();
  }

  @Test
  void anImageThatWasCutOffBeforeItHadLabelsGoes() {
    String image = bench.image(ImageRef.of(job).toString(), Map.of(), new ArrayList<>(), SILENT);

    remove();

    assertThat(bench.hasImage(image)).isFalse();
  }

  @Test
  void anImageWhoseRecordIsTooLargeToReadGoes() throws Exception {
    String ref = ImageRef.of(job).toString();
    String labels =
        IntStream.range(0, 40)
            .mapToObj(i -> "l" + i + "=" + "x".repeat(30_000))
            .collect(Collectors.joining(" \\\n"));
    Path context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(
        context.resolve("Dockerfile"), "FROM " + BusyboxImage.NAME + "\nLABEL " + labels + "\n");
    bench.docker.buildImageCmd(context.toFile()).withTags(Set.of(ref)).start().awaitImageId();
    assertThatThrownBy(() -> bench.hasImage(ref)).hasMessageContaining("larger than");

    remove();

    assertThat(bench.hasImage(ref)).isFalse();
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

  private static AppDeployment served(BuildJob job, BuiltImage image) {
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
