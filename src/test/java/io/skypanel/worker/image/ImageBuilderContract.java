package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.plan.PlanBuild;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ImageBuilder} promises, on the real engine. */
@Timeout(120)
abstract class ImageBuilderContract {
  static final String WORKER = "worker-" + UUID.randomUUID();

  @TempDir Path checkout;

  final RecordedProgress progress = new RecordedProgress();
  final StopSignal stop = new StopSignal();
  final List<String> leftovers = new CopyOnWriteArrayList<>();
  final String unique = UUID.randomUUID().toString();
  private final List<BuiltImage> built = new ArrayList<>();
  DockerEngine engine;
  DockerClient docker;
  private BuildImage stage;

  abstract ImageBuilder builder(DockerEngine engine, Consumer<List<String>> leftovers);

  @BeforeEach
  void connect() {
    engine =
        new DockerEngine(new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()));
    docker = engine.client();
    BusyboxImage.ensure(docker);
    stage =
        new BuildImage(
            builder(engine, leftovers::addAll),
            ImageBuilderContract::noBuildpacks,
            EngineRetry.on(engine.client(), Duration.ZERO));
  }

  @AfterEach
  void removeWhatWasMade() throws IOException {
    for (BuiltImage image : built) {
      remove(image.ref().toString());
      image.intermediates().forEach(this::remove);
    }
    leftovers.forEach(this::remove);
    engine.close();
  }

  @Test
  void buildsTagsAndLabelsAndShowsTheOutput() throws Exception {
    file("Dockerfile", base("RUN echo hello from step && echo " + unique + " > /x"));

    BuiltImage image = build();

    InspectImageResponse inspected = docker.inspectImageCmd(image.ref().toString()).exec();
    assertThat(image.id()).isEqualTo(inspected.getId());
    assertThat(image.ref()).hasToString("skypanel-app-a-" + unique + ":d-" + unique);
    assertThat(inspected.getConfig().getLabels())
        .containsAllEntriesOf(Labels.of(WORKER, job(Optional.empty(), Map.of())));
    assertThat(progress.output()).contains("hello from step\n");
    assertThat(progress.lines()).first().isEqualTo("IMAGE");
    assertThat(progress.lines().get(1))
        .matches("INFO Built " + image.ref() + " \\([0-9a-f]{12}, [0-9.]+ MB\\) from 1 files.* s");
  }

  @Test
  void showsLinesWhileTheBuildRunsAndLeavesNothingRunningWhenItIsStopped() throws Exception {
    file("Dockerfile", base("RUN echo " + unique + " > /x\nRUN echo started && sleep 300"));
    var run = CompletableFuture.supplyAsync(() -> catchThrowable(this::build));
    await().atMost(Duration.ofSeconds(60)).until(() -> progress.output().contains("started\n"));
    long stopped = System.nanoTime();

    BuildFailure why = new BuildFailure.TimedOut("too long");
    stop.stop(why);

    assertThat(run.get()).isSameAs(why);
    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(5));
    assertThat(docker.listContainersCmd().withShowAll(true).exec())
        .noneMatch(c -> c.getCommand().contains("echo started && sleep 300"));
  }

  @Test
  void stoppingWhileTheContextGoesUpEndsTheBuild() throws Exception {
    file("Dockerfile", base("RUN true"));
    Process fill =
        new ProcessBuilder("truncate", "-s", "20G", checkout.resolve("large").toString()).start();
    assertThat(fill.waitFor()).isZero();
    var run = CompletableFuture.supplyAsync(() -> catchThrowable(this::build));
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(t -> t.getName().equals("context of d-" + unique)));

    stop.stop(new BuildFailure.Cancelled("cancelled"));

    assertThat(run.get()).isInstanceOf(BuildFailure.Cancelled.class);
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().equals("context of d-" + unique)));
  }

  @Test
  void buildsByADockerfileInASubfolderWithTheWholeRepositoryAsContext() throws Exception {
    file("deploy/app.Dockerfile", base("COPY top /\nRUN cat /top"));
    file("top", "from the top " + unique);

    build(job(Optional.of("/deploy/app.Dockerfile"), Map.of()));

    assertThat(progress.output()).contains("from the top " + unique);
  }

  @Test
  void aFailedCommandGivesInstructionExitCodeAndStep() throws Exception {
    file("Dockerfile", base("RUN echo " + unique + " > /x\nRUN echo reason; exit 42"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageMatching("RUN echo reason; exit 42 failed with exit code 42.*");
    assertThat(progress.output()).contains("reason\n");
    assertThat(docker.listContainersCmd().withShowAll(true).exec())
        .noneMatch(c -> c.getCommand().contains("echo reason; exit 42"));
  }

  @Test
  void aMissingDockerfileIsNamedWithThoseThereAre() throws Exception {
    file("a/Dockerfile", "");
    file("web.Dockerfile", "");
    file("node_modules/x/Dockerfile", "");

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The Dockerfile Dockerfile is not in the repository; these are: a/Dockerfile,"
                + " web.Dockerfile");
  }

  @Test
  void aDockerfileOutsideTheCheckoutIsRefused() throws Exception {
    Files.createSymbolicLink(checkout.resolve("link"), Path.of("/etc/passwd"));

    for (String path : List.of("../x", "/../../etc/passwd", "link")) {
      assertThatThrownBy(() -> build(job(Optional.of(path), Map.of())))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("leads out of the repository");
    }
  }

  @Test
  void aMistakeInTheDockerfileIsTheUsersFault() throws Exception {
    file("Dockerfile", base("FOO bar"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("unknown instruction: FOO");
  }

  @Test
  void anEmptyDockerfileIsTheUsersFault() throws Exception {
    file("Dockerfile", "");

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Dockerfile");
  }

  @Test
  void aFileToCopyThatIsNotThereIsTheUsersFault() throws Exception {
    file("Dockerfile", base("COPY absent /"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("COPY absent /")
        .hasMessageContaining("step 2/");
  }

  @Test
  void aBaseImageThatCannotBeHadIsNamed() throws Exception {
    file("Dockerfile", "FROM localhost:1/none/such:9\n");

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.class)
        .hasMessageContaining("localhost:1/none/such:9");
  }

  @Test
  void onlyDeclaredVariablesAreBuildArguments() throws Exception {
    file("Dockerfile", base("ARG SHOWN=default\nRUN echo [$SHOWN] [$HIDDEN] # " + unique));

    build(job(Optional.empty(), Map.of("SHOWN", "from job", "HIDDEN", "hidden")));

    assertThat(progress.output()).contains("[from job] []\n");
  }

  @Test
  void anotherOwnerModeOrTimeOfTheFilesKeepsTheCache() throws Exception {
    file("Dockerfile", base("COPY . /app\nRUN echo first time " + unique));
    file("sub/file", unique);
    build();

    for (String command :
        List.of("chmod -R g+w,o-r", "chown -R 1234:1234", "touch -d 2001-01-01")) {
      List<String> line = new ArrayList<>(List.of(command.split(" ")));
      line.add(checkout.resolve("sub").toString());
      assertThat(new ProcessBuilder(line).start().waitFor()).isZero();
    }
    build();

    assertThat(progress.output().split("\nfirst time " + unique, -1)).hasSize(2);
  }

  private static BuiltImage noBuildpacks(BuildPlan plan, Build build) {
    throw new AssertionError("the plan has a Dockerfile");
  }

  final void useEngine(DockerEngine other) {
    stage =
        new BuildImage(
            builder(other, leftovers::addAll),
            ImageBuilderContract::noBuildpacks,
            EngineRetry.on(other.client(), Duration.ZERO));
  }

  final BuiltImage build() throws BuildFailure {
    return build(job(Optional.empty(), Map.of()));
  }

  final BuiltImage build(BuildJob job) throws BuildFailure {
    Checkout.Commit commit = new Checkout.Commit("0".repeat(40), "Ann <a@example.com>", "Message");
    Build build = new Build(job, checkout.getParent(), progress, stop);
    BuiltImage image =
        stage.build(
            new PlanBuild(ImageSettings.DEFAULT, () -> false)
                .plan(new Checkout(checkout, commit), build),
            build);
    built.add(image);
    return image;
  }

  final void file(String name, String content) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content, StandardCharsets.UTF_8);
  }

  static String base(String rest) {
    return "FROM " + BusyboxImage.NAME + "\n" + rest + "\n";
  }

  private BuildJob job(Optional<String> dockerfile, Map<String, String> environment) {
    return new BuildJob(
        "d-" + unique,
        "a-" + unique,
        "app",
        Optional.empty(),
        Optional.empty(),
        new GitSource("https://example.com/a.git", "main", Optional.empty()),
        dockerfile,
        Optional.empty(),
        Optional.empty(),
        environment,
        Map.of());
  }

  private void remove(String image) {
    try {
      docker.removeImageCmd(image).exec();
    } catch (NotFoundException e) {
      // a parent that went with its child
    } catch (RuntimeException e) {
      // in use: a parent of what another test made
    }
  }
}
