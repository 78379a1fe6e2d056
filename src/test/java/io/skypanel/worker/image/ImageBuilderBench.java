package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
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
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.plan.PlanBuild;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.BuildLimits;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A checkout, the real engine and a builder on it. */
@Timeout(120)
abstract class ImageBuilderBench {
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
            ImageBuilderBench::noBuildpacks,
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
        all.appsDir(),
        all.limits());
  }

  static ImageSettings settings(BuildLimits limits) {
    ImageSettings all = ImageSettings.DEFAULT;
    return new ImageSettings(
        all.strategy(),
        all.builder(),
        all.registryAuth(),
        all.network(),
        all.packBuilder(),
        all.runtimesDir(),
        all.runtimeImages(),
        all.appsDir(),
        limits);
  }

  /** The same settings with another builder. */
  static ImageSettings withBuilder(ImageSettings.Builder builder, ImageSettings all) {
    return new ImageSettings(
        all.strategy(),
        builder,
        all.registryAuth(),
        all.network(),
        all.packBuilder(),
        all.runtimesDir(),
        all.runtimeImages(),
        all.appsDir(),
        all.limits());
  }

  final BuiltImage build() throws BuildFailure {
    return build(job(Optional.empty(), Map.of()));
  }

  final BuiltImage build(BuildJob job) throws BuildFailure {
    return build(
        new PlanBuild(ImageSettings.DEFAULT, Runtimes.of(ImageSettings.DEFAULT), () -> false)
            .plan(sources(checkout), context(job)),
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

  final void remove(String image) {
    try {
      docker.removeImageCmd(image).exec();
    } catch (NotFoundException e) {
      // a parent that went with its child
    } catch (RuntimeException e) {
      // in use: a parent of what another test made
    }
  }
}
