package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.InspectImageResponse;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.BuildLimits;
import io.skypanel.worker.settings.ImageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds with the engine's classic builder, over its API. The context goes up while it is walked.
 */
public final class ClassicImageBuilder implements ImageBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(ClassicImageBuilder.class);

  private final DockerClient docker;
  private final String workerId;
  private final RegistryLogins logins;
  private final boolean offline;
  private final Consumer<List<String>> leftovers;
  private final BuildRemains remains;
  private final BuildLimits limits;
  private final ForeignImages foreign;

  /**
   * @param engine where images are built
   * @param workerId this worker's own id, for the labels
   * @param settings logins and network
   * @param leftovers gets the ids of the untagged images that a failed or stopped build made; they
   *     bear no label. Remove them without force only: the engine then refuses what is in use.
   *     Called on the build's thread
   * @throws IllegalArgumentException if the logins can't be read
   */
  public ClassicImageBuilder(
      DockerEngine engine,
      String workerId,
      ImageSettings settings,
      Consumer<List<String>> leftovers) {
    this.docker = engine.client();
    this.workerId = workerId;
    this.logins = RegistryLogins.read(settings.registryAuth());
    this.offline = settings.network() == ImageSettings.Network.NONE;
    this.leftovers = leftovers;
    this.remains = new BuildRemains(docker);
    this.limits = settings.limits();
    this.foreign = new ForeignImages(docker, limits.remoteAdd());
  }

  @Override
  public BuiltImage build(BuildPlan plan, Build build) throws BuildFailure {
    Checkout checkout = plan.checkout();
    Dockerfile dockerfile = plan.dockerfile().orElseThrow();
    build.stop().check();
    remains.endUndone();
    Instant start = Instant.now();
    long startNanos = System.nanoTime();
    ImageRef ref = ImageRef.of(build.job());
    Readings readings =
        Readings.of(dockerfile.path(), dockerfile.text(), DockerfileReader.Dialect.ALL);
    EngineFailure failure =
        new EngineFailure(dockerfile, BuildArguments.secrets(plan, readings, build.job()));
    Map<String, String> arguments = BuildArguments.of(plan, readings, build);
    ImageReferences references = foreign.checkText(readings, arguments, Map.of(), build.job());
    new BasePull(docker, logins, foreign).pull(references, build, failure);
    foreign.checkImages(references, arguments, build.job());
    ArchivedContext sources = context(plan, build);
    ContextArchive archive = sources.archive();
    ClassicOutput output = new ClassicOutput();
    ClassicBuild running = new ClassicBuild(build.progress(), output);
    InspectImageResponse image;
    try (ContextPipe context = ContextPipe.open(archive, ref.tag())) {
      BuildImageCmd command = command(plan, build.job(), sources.dockerfile(), ref);
      arguments.forEach(command::withBuildArg);
      run(command.withTarInputStream(context), context, running, failure, build);
      check(running, output, failure);
      image = ImageInspection.of(docker, ref, failure);
    } catch (BuildFailure e) {
      output.container().ifPresent(id -> remains.endContainer(id, start));
      noteLeftovers(remains.untagged(output.images()));
      throw e;
    }
    String from = archive.files() + " files (" + BuiltLine.size(archive.bytes()) + ")";
    build.progress().info(BuiltLine.of(ref, image, from, startNanos));
    List<String> made =
        remains.untagged(output.images()).stream().filter(id -> !id.equals(image.getId())).toList();
    return new BuiltImage(checkout, ref, image.getId(), made, plan.run());
  }

  private ArchivedContext context(BuildPlan plan, Build build) throws BuildFailure {
    Path directory = plan.checkout().directory();
    DockerIgnore ignore = IgnoreFile.of(directory, plan.dockerfile().orElseThrow());
    new ContextBounds(directory, ignore, limits.contextBytes(), BuildLimits.CONTEXT_FILES)
        .check(ContextBounds.Sender.WORKER, build.stop());
    return ArchivedContext.of(plan, ignore, build.progress());
  }

  /** A full disk, which may be why the build failed, must not hide that reason. */
  private void noteLeftovers(List<String> made) {
    try {
      if (!made.isEmpty()) {
        leftovers.accept(made);
      }
    } catch (UncheckedIOException e) {
      LOG.warn("Untagged images of a failed build stay in the engine: {}", e.getMessage());
    }
  }

  private BuildImageCmd command(BuildPlan plan, BuildJob job, String dockerfile, ImageRef ref) {
    BuildImageCmd command =
        docker
            .buildImageCmd()
            .withDockerfilePath(dockerfile)
            .withTags(Set.of(ref.toString()))
            .withLabels(Labels.of(workerId, job))
            .withBuildAuthConfigs(logins.forEngine())
            .withRemove(true)
            .withMemory(limits.memoryBytes())
            // of memory and swap together
            .withMemswap(limits.memoryBytes())
            .withForcerm(true);
    plan.target().ifPresent(command::withTarget);
    if (offline) {
      command.withNetworkMode("none");
    }
    limits.cpus().ifPresent(number -> command.withCpusetcpus("0-" + (number - 1)));
    return command;
  }

  private static void run(
      BuildImageCmd command,
      ContextPipe context,
      ClassicBuild running,
      EngineFailure failure,
      Build build)
      throws BuildFailure {
    Runnable breakOff =
        () -> {
          context.close();
          running.abort();
        };
    try (var ignored = build.stop().onStop(breakOff)) {
      command.exec(running);
      running.awaitCompletion();
    } catch (InterruptedException e) {
      breakOff.run();
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("The worker is stopping, so the build was ended", e);
    }
    build.stop().check();
    if (context.failure().isPresent()) {
      IOException unreadable = context.failure().get();
      throw new BuildFailure.WorkerFault(unreadable.getMessage(), unreadable);
    }
    if (running.thrown().isPresent()) {
      throw failure.of(running.thrown().get());
    }
  }

  private static void check(ClassicBuild running, ClassicOutput output, EngineFailure failure)
      throws BuildFailure {
    if (running.error().isPresent()) {
      throw failure.of(running.error().get(), output.step());
    }
    if (!running.succeeded()) {
      throw failure.ofSilence();
    }
  }
}
