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
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.RunPlan;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ImageBuilder} promises, on the real engine. */
@Timeout(120)
abstract class ImageBuilderContract {
  static final String WORKER = "worker-" + UUID.randomUUID();

  @TempDir Path workspace;

  Path checkout;
  final RecordedProgress progress = new RecordedProgress();
  final StopSignal stop = new StopSignal();
  final List<String> leftovers = new CopyOnWriteArrayList<>();
  final String unique = UUID.randomUUID().toString();
  private final List<BuiltImage> built = new ArrayList<>();
  DockerEngine engine;
  DockerClient docker;
  private BuildImage stage;

  abstract ImageBuilder builder(
      DockerEngine engine, ImageSettings settings, Consumer<List<String>> leftovers);

  /** What the last line says that the image was built from, if that is one small file. */
  abstract String sources();

  /** Whether the context is on its way to the engine. */
  abstract boolean contextGoesUp();

  @BeforeEach
  void connect() throws IOException {
    checkout = Files.createDirectory(workspace.resolve("source"));
    engine =
        new DockerEngine(new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()));
    docker = engine.client();
    BusyboxImage.ensure(docker);
    use(engine, ImageSettings.DEFAULT);
  }

  @AfterEach
  void removeWhatWasMade() throws IOException {
    for (BuiltImage image : built) {
      remove(image.ref().toString());
      image.intermediates().forEach(this::remove);
    }
    leftovers.forEach(this::remove);
    engine.close();
    try (Stream<Path> left = Files.list(workspace)) {
      assertThat(left).as("left in the workspace, where secrets were").containsExactly(checkout);
    }
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
    assertThat(progress.lines())
        .last()
        .asString()
        .matches(
            "INFO Built \\Q"
                + image.ref()
                + "\\E \\([0-9a-f]{12}, [0-9.]+ MB\\) from "
                + sources()
                + " in [0-9.]+ s");
  }

  @Test
  void showsLinesWhileTheBuildRunsAndLeavesNothingRunningWhenItIsStopped() throws Exception {
    file(
        "Dockerfile",
        base(
            "RUN echo " + unique + " > /x\nRUN echo started && sleep 300 && echo ended-" + unique));
    var run = CompletableFuture.supplyAsync(() -> catchThrowable(this::build));
    await().atMost(Duration.ofSeconds(60)).until(() -> progress.output().contains("started\n"));
    assertThat(ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")))
        .anyMatch(command -> command.contains("ended-" + unique));
    long stopped = System.nanoTime();

    BuildFailure why = new BuildFailure.TimedOut("too long");
    stop.stop(why);

    assertThat(run.get()).isSameAs(why);
    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(5));
    assertThat(docker.listContainersCmd().withShowAll(true).exec())
        .noneMatch(c -> c.getCommand().contains("echo started && sleep 300"));
    assertThat(ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")))
        .noneMatch(command -> command.contains("ended-" + unique));
  }

  @Test
  void stoppingWhileTheContextGoesUpEndsTheBuild() throws Exception {
    file("Dockerfile", base("COPY . /"));
    Process fill =
        new ProcessBuilder("truncate", "-s", "20G", checkout.resolve("large").toString()).start();
    assertThat(fill.waitFor()).isZero();
    var run = CompletableFuture.supplyAsync(() -> catchThrowable(this::build));
    await().atMost(Duration.ofSeconds(60)).until(this::contextGoesUp);

    stop.stop(new BuildFailure.Cancelled("cancelled"));

    assertThat(run.get()).isInstanceOf(BuildFailure.Cancelled.class);
    await().until(() -> !contextGoesUp());
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
  void anotherOwnerOrTimeOfTheFilesKeepsTheCache() throws Exception {
    keepsTheCacheAfter("chown -R 1234:1234 sub", "touch -d 2001-01-01 sub");
  }

  @Test
  void aDockerfileOfOurOwnIsInNoCheckoutAndItsIgnoreFileCountsInsteadOfTheRepositorys()
      throws Exception {
    file("kept", "kept " + unique + "\n");
    file("dropped", "dropped");
    file("Dockerfile", "not this one");
    file(".dockerignore", "kept\n");
    Dockerfile generated =
        new Dockerfile(
            "a Dockerfile of ours",
            base("COPY . /app\nRUN ls -a /app && cat /app/kept"),
            Optional.of("dropped\n"));

    build(plan(generated, Optional.empty(), Map.of()), job(Optional.empty(), Map.of()));

    assertThat(progress.output().lines().map(String::strip))
        .contains("kept", "Dockerfile", "kept " + unique)
        .doesNotContain("dropped")
        .noneMatch(name -> name.contains("skypanel"));
    try (Stream<Path> files = Files.list(checkout)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("kept", "dropped", "Dockerfile", ".dockerignore");
    }
    assertThat(checkout.resolve("Dockerfile")).hasContent("not this one");
  }

  @Test
  void aMistakeInADockerfileOfOurOwnIsToldByTheNameItIsShownBy() {
    Dockerfile generated = new Dockerfile("node.Dockerfile", base("FOO bar"), Optional.of(""));

    assertThatThrownBy(
            () ->
                build(plan(generated, Optional.empty(), Map.of()), job(Optional.empty(), Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("The Dockerfile node.Dockerfile is not valid");
  }

  @Test
  void thePlansArgumentsWinOverTheJobs() throws Exception {
    Dockerfile generated =
        new Dockerfile(
            "Dockerfile",
            base("ARG A\nARG B\nRUN echo \"[$A] [$B]\" # " + unique),
            Optional.of(""));

    build(
        plan(generated, Optional.empty(), Map.of("A", "plan")),
        job(Optional.empty(), Map.of("A", "job a", "B", "$HOME ${B} 'quoted' \\ é")));

    assertThat(progress.output()).contains("[plan] [$HOME ${B} 'quoted' \\ é]\n");
  }

  @Test
  void noLineAndNoMessageHasAnArgumentsValue() throws Exception {
    file("Dockerfile", base("ARG TOKEN\nRUN test -z $TOKEN # " + unique));

    assertThatThrownBy(() -> build(job(Optional.empty(), Map.of("TOKEN", "sesame-" + unique))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageNotContaining("sesame")
        .hasMessageContaining("failed with exit code 1 (step ");
    assertThat(progress.lines()).noneMatch(line -> line.contains("sesame"));
  }

  @Test
  void theTargetIsTheStageThatIsBuilt() throws Exception {
    String two = base("RUN echo one " + unique).replaceFirst("\n", " AS one\n");
    file("Dockerfile", two + base("RUN echo two " + unique).replaceFirst("\n", " AS two\n"));

    build(plan(Optional.of("one")), job(Optional.empty(), Map.of()));

    assertThat(progress.output()).contains("one " + unique).doesNotContain("two " + unique);
  }

  @Test
  void aTargetThatIsNotThereIsNamed() throws Exception {
    file("Dockerfile", base("RUN true"));

    assertThatThrownBy(() -> build(plan(Optional.of("nowhere")), job(Optional.empty(), Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("The Dockerfile Dockerfile has no stage nowhere");
  }

  @Test
  void withoutANetworkCommandsReachNothing() throws Exception {
    use(engine, settings(Optional.empty(), ImageSettings.Network.NONE));
    file("Dockerfile", base("RUN echo " + unique + " && ls /sys/class/net && cat /proc/net/route"));

    build();

    assertThat(progress.output()).contains("lo\n").doesNotContain("eth0");
  }

  @Test
  void aBaseImageOfAPrivateRegistryTakesTheLogin() throws Exception {
    try (PrivateRegistry registry = PrivateRegistry.start(workspace.resolveSibling(unique))) {
      String base = registry.push(docker, BusyboxImage.NAME, "base-" + unique);
      file("Dockerfile", "FROM " + base + "\nRUN echo private " + unique + "\n");

      Throwable without = catchThrowable(this::build);
      use(engine, settings(Optional.of(registry.config()), ImageSettings.Network.DEFAULT));
      build();

      assertThat(without).isInstanceOf(BuildFailure.UserFault.class).hasMessageContaining(base);
      assertThat(progress.output()).contains("private " + unique);
      assertThat(progress.lines()).noneMatch(line -> line.contains(registry.password()));
      remove(base);
    }
  }

  final void keepsTheCacheAfter(String... commands) throws Exception {
    file("Dockerfile", base("COPY . /app\nRUN echo first time " + unique));
    file("sub/file", unique);
    build();

    for (String command : commands) {
      ProcessBuilder line = new ProcessBuilder(command.split(" ")).directory(checkout.toFile());
      assertThat(line.start().waitFor()).isZero();
    }
    build();

    assertThat(progress.output().lines().filter(("first time " + unique)::equals)).hasSize(1);
  }

  private static BuiltImage noBuildpacks(BuildPlan plan, Build build) {
    throw new AssertionError("the plan has a Dockerfile");
  }

  final void use(DockerEngine other, ImageSettings settings) {
    stage =
        new BuildImage(
            builder(other, settings, leftovers::addAll),
            ImageBuilderContract::noBuildpacks,
            EngineRetry.on(other.client(), Duration.ZERO));
  }

  static ImageSettings settings(Optional<String> registryAuth, ImageSettings.Network network) {
    ImageSettings all = ImageSettings.DEFAULT;
    return new ImageSettings(
        all.strategy(),
        all.builder(),
        registryAuth,
        network,
        all.packBuilder(),
        all.runtimesDir(),
        all.runtimeImages(),
        all.appsDir());
  }

  final BuiltImage build() throws BuildFailure {
    return build(job(Optional.empty(), Map.of()));
  }

  final BuiltImage build(BuildJob job) throws BuildFailure {
    return build(
        new PlanBuild(ImageSettings.DEFAULT, () -> false).plan(sources(checkout), context(job)),
        job);
  }

  final BuiltImage build(BuildPlan plan, BuildJob job) throws BuildFailure {
    BuiltImage image = stage.build(plan, context(job));
    built.add(image);
    return image;
  }

  /** A plan by the checkout's own Dockerfile. */
  final BuildPlan plan(Optional<String> target) throws IOException {
    String text = Files.readString(checkout.resolve("Dockerfile"));
    return plan(new Dockerfile("Dockerfile", text, Optional.empty()), target, Map.of());
  }

  final BuildPlan plan(
      Dockerfile dockerfile, Optional<String> target, Map<String, String> arguments) {
    return new BuildPlan(
        sources(checkout), Optional.of(dockerfile), target, arguments, RunPlan.DEFAULT);
  }

  private Build context(BuildJob job) {
    return new Build(job, workspace, progress, stop);
  }

  private static Checkout sources(Path checkout) {
    return new Checkout(
        checkout, new Checkout.Commit("0".repeat(40), "Ann <a@example.com>", "Message"));
  }

  final void file(String name, String content) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content, StandardCharsets.UTF_8);
  }

  static String base(String rest) {
    return "FROM " + BusyboxImage.NAME + "\n" + rest + "\n";
  }

  final BuildJob job(Optional<String> dockerfile, Map<String, String> environment) {
    return job("a-" + unique, dockerfile, environment);
  }

  final BuildJob job(String app, Optional<String> dockerfile, Map<String, String> environment) {
    return new BuildJob(
        "d-" + unique,
        app,
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
