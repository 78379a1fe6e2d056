package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program {@code pack} is a script here, which makes the image by the engine's own builder. */
class PackImageBuilderIT {
  private static final DockerEndpoint LOCAL =
      new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty());

  @TempDir Path folder;

  private final RecordedProgress progress = new RecordedProgress();
  private final StopSignal stop = new StopSignal();
  private final String unique = UUID.randomUUID().toString();
  private DockerEngine engine;

  @BeforeEach
  void connect() {
    engine = new DockerEngine(LOCAL);
    BusyboxImage.ensure(engine.client());
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private void pack(String... lines) throws IOException {
    Path program = folder.resolve("bin/pack");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\nset -e\n" + String.join("\n", lines) + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private BuiltImage build(Map<String, String> variables) throws Exception {
    BuildJob job =
        new BuildJob(
            "d-" + unique,
            "a-" + unique,
            "app",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://example.com/a.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            variables,
            Map.of());
    Path checkout = Files.createDirectories(folder.resolve("workspace/source"));
    Files.writeString(checkout.resolve("index.html"), "hello");
    var plan =
        new BuildPlan(
            new Checkout(checkout, new Checkout.Commit("c".repeat(40), "A", "m")),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            RunPlan.DEFAULT);
    ImageSettings all = ImageSettings.DEFAULT;
    var builder =
        new PackImageBuilder(
            new ProcessGroupRunner(),
            engine.client(),
            LOCAL,
            "worker-1",
            new CacheKey(folder),
            new ImageSettings(
                ImageSettings.Strategy.PACK,
                all.builder(),
                Optional.of("{\"auths\":{\"registry.test\":{\"auth\":\"dTpwYXNz\"}}}"),
                ImageSettings.Network.NONE,
                Optional.of("example/builder:1"),
                all.runtimesDir(),
                all.runtimeImages(),
                all.appsDir(),
                all.limits()),
            Map.of(
                "PATH", folder.resolve("bin") + ":" + System.getenv("PATH"),
                "HTTPS_PROXY", "http://proxy.test:3128",
                "WORKER_TOKEN", "none of its business"));
    return builder.build(plan, new Build(job, folder.resolve("workspace"), progress, stop));
  }

  @Test
  void anImageThatPackMadeIsLabelledAndItsOutputIsInTheLog() throws Exception {
    pack(
        "echo \"pack $*\"",
        "[ \"$(cat \"$7\")\" = TOKEN=s3cret ]",
        "printf 'FROM " + BusyboxImage.NAME + "\\nCOPY . /app\\n' > ../Dockerfile.pack",
        "docker build -q -t \"$2\" -f ../Dockerfile.pack \"$5\"");

    BuiltImage image = build(Map.of("TOKEN", "s3cret", "TEXT", "two\nlines"));

    assertThat(progress.output())
        .contains("pack build skypanel-app-a-" + unique + ":d-" + unique + " --no-color --path ")
        .contains("--builder example/builder:1")
        .doesNotContain("s3cret");
    InspectImageResponse inspected = engine.client().inspectImageCmd(image.id()).exec();
    assertThat(inspected.getConfig().getLabels()).containsEntry(Labels.WORKER, "worker-1");
    assertThat(inspected.getRepoTags()).containsExactly(image.ref().toString());
    assertThat(folder.resolve("workspace")).isDirectoryNotContaining("glob:**/buildx-*");
    engine.client().removeImageCmd(image.ref().toString()).exec();
  }

  @Test
  void packIsGivenNetworkCachesLoginsAndTheWayToRegistries() throws Exception {
    pack("echo \"pack $*\"", "cat \"$DOCKER_CONFIG/config.json\"; echo; env", "exit 20");

    assertThatThrownBy(() -> build(Map.of("LD_PRELOAD", "/x.so")))
        .isInstanceOf(BuildFailure.UserFault.class);
    assertThat(progress.output())
        .containsPattern(
            "--cache type=build;format=volume;name=skypanel-pack-build-a-" + unique + "-\\w{16} ")
        .containsPattern(
            "--cache type=launch;format=volume;name=skypanel-pack-launch-a-" + unique + "-\\w{16} ")
        .contains(
            "--network none",
            "{\"auths\":{\"registry.test\":{\"auth\":\"dTpwYXNz\"}}}",
            "HTTPS_PROXY=http://proxy.test:3128",
            "DOCKER_HOST=" + DockerEndpoint.LOCAL_SOCKET)
        .doesNotContain("WORKER_TOKEN", "LD_PRELOAD");
  }

  @Test
  void anEngineThatIsGoneIsTheWorkersFault() throws Exception {
    pack("echo 'ERROR: failed to build: Cannot connect to the Docker daemon at s3cret'", "exit 1");

    assertThatThrownBy(() -> build(Map.of("TOKEN", "s3cret")))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("The connection to the Docker Engine broke off")
        .hasMessageContaining("$TOKEN");
  }

  @Test
  void theExitCodeIsTheLifecyclesWhereThatFailed() throws Exception {
    pack(
        "echo 'ERROR: failed to build: executing lifecycle: failed with status code: 137'; exit 1");

    assertThatThrownBy(() -> build(Map.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("exit code 137;");
  }

  @Test
  void aStopRemovesTheLifecyclesContainerAndTheImageAndNothingElse() throws Exception {
    String other = "pack-other-" + unique;
    String run = "docker run -d --label author=pack ";
    String sleep = BusyboxImage.NAME + " sleep 60 ";
    pack(
        "docker tag " + BusyboxImage.NAME + " \"$2\"",
        run
            + "--name pack-"
            + unique
            + " -v pack-layers-"
            + unique
            + ":/layers --entrypoint sh "
            + BusyboxImage.NAME
            + " -c 'sleep 60' creator \"index.docker.io/library/$2\"",
        run + "--name " + other + " " + sleep,
        "touch started",
        "sleep 60");
    Path started = folder.resolve("workspace/started");
    CompletableFuture.runAsync(
        () -> {
          while (!Files.exists(started)) {
            Thread.onSpinWait();
          }
          stop.stop(new BuildFailure.Cancelled("enough"));
        });
    try {
      assertThatThrownBy(() -> build(Map.of())).hasMessage("enough");

      assertThatThrownBy(() -> engine.client().inspectContainerCmd("pack-" + unique).exec())
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> engine.client().inspectVolumeCmd("pack-layers-" + unique).exec())
          .isInstanceOf(NotFoundException.class);
      String ref = "skypanel-app-a-" + unique + ":d-" + unique;
      assertThatThrownBy(() -> engine.client().inspectImageCmd(ref).exec())
          .isInstanceOf(NotFoundException.class);
      assertThat(engine.client().inspectContainerCmd(other).exec().getState().getRunning())
          .isTrue();
      engine.client().inspectImageCmd(BusyboxImage.NAME).exec();
    } finally {
      engine.client().removeContainerCmd(other).withForce(true).exec();
    }
  }

  @Test
  void aFailureOfPacksIsTheUsersFault() throws Exception {
    pack("echo 'ERROR: No buildpack groups passed detection.'", "exit 20");

    assertThatThrownBy(() -> build(Map.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("pack failed with exit code 20");
    assertThat(progress.output()).contains("No buildpack groups passed detection");
  }

  @Test
  void aMachineWithoutPackSaysSo() {
    assertThatThrownBy(() -> build(Map.of()))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("pack can't be started")
        .hasMessageContaining("install it");
  }
}
