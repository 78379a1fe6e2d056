package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.BuildLimits;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds with the engine's BuildKit, which Docker's buildx speaks to. The engine ends the build
 * when the program goes away. See docs/decisions/0012.
 */
public final class BuildxImageBuilder implements ImageBuilder {
  private static final int NODE_ID_CHARS = 16;

  /** What is sent of a file beside its content, and counts there, is less as a rule. */
  private static final long FILE_RECORD_BYTES = 512;

  /** So BuildKit names what it does for each image, at the latest when it gets its layers. */
  private static final Pattern ASKS =
      Pattern.compile("(?:\\[internal] load metadata for |FROM )(.*)");

  private final DockerClient docker;
  private final BuildxEnvironment environment;
  private final String workerId;
  private final CacheKey cacheKey;
  private final BuildxArguments arguments;
  private final RegistryLogins logins;
  private final boolean offline;
  private final Path plugin;
  private final ProgramRunner programs;
  private final BuildLimits limits;
  private final ForeignImages foreign;

  /**
   * @param engine where images are built
   * @param endpoint where that is
   * @param workerId this worker's own id, for the labels
   * @param cacheKey keeps the caches of apps apart
   * @param settings logins and network
   * @param plugin the program, as {@link BuildxPlugin} finds it
   * @param programs runs it
   * @param worker the worker's own environment, of which buildx sees how registries are reached
   * @throws IllegalArgumentException if the logins can't be read
   */
  public BuildxImageBuilder(
      DockerEngine engine,
      DockerEndpoint endpoint,
      String workerId,
      CacheKey cacheKey,
      ImageSettings settings,
      Path plugin,
      ProgramRunner programs,
      Map<String, String> worker) {
    this.docker = engine.client();
    this.environment = new BuildxEnvironment(endpoint, worker);
    this.workerId = workerId;
    this.cacheKey = cacheKey;
    this.arguments = new BuildxArguments(cacheKey);
    this.logins = RegistryLogins.read(settings.registryAuth());
    this.offline = settings.network() == ImageSettings.Network.NONE;
    this.plugin = plugin;
    this.programs = programs;
    this.limits = settings.limits();
    this.foreign = new ForeignImages(docker, limits.remoteAdd());
  }

  @Override
  public BuiltImage build(BuildPlan plan, Build build) throws BuildFailure {
    build.stop().check();
    long startNanos = System.nanoTime();
    ImageRef ref = ImageRef.of(build.job());
    BuildKitFacts facts = BuildKitFacts.of(docker);
    Readings readings = read(plan.dockerfile().orElseThrow(), facts);
    EngineFailure failure =
        new EngineFailure(
            plan.dockerfile().orElseThrow(), BuildArguments.secrets(plan, readings, build.job()));
    Map<String, String> given = arguments.of(plan, readings, build);
    foreign.checkImages(
        foreign.checkText(readings, given, facts.platform(), build.job()), given, build.job());
    checkContext(plan, build);
    BuildxOutput output =
        new BuildxOutput(
            build.progress(),
            failure::mask,
            part -> watch(part, build),
            bytes -> watchContext(bytes, build));
    run(plan, readings, build, ref, given, output, failure);
    InspectImageResponse image = ImageInspection.of(docker, ref, failure);
    String sources = BuiltLine.size(output.contextBytes()) + " of context";
    build.progress().info(BuiltLine.of(ref, image, sources, startNanos));
    return new BuiltImage(plan.checkout(), ref, image.getId(), List.of(), plan.run());
  }

  private Readings read(Dockerfile dockerfile, BuildKitFacts engine) throws BuildFailure.UserFault {
    String path = dockerfile.path();
    Frontend.check(path, dockerfile.text(), limits.frontends());
    OwnCache.check(path, dockerfile.text());
    boolean heredocs =
        Frontend.knowsHeredocs(Directives.of(path, dockerfile.text()), engine.heredocs());
    return Readings.of(path, dockerfile.text(), DockerfileReader.Dialect.of(heredocs));
  }

  private void checkContext(BuildPlan plan, Build build) throws BuildFailure {
    Path checkout = plan.checkout().directory();
    DockerIgnore ignore = IgnoreFile.of(checkout, plan.dockerfile().orElseThrow());
    new ContextBounds(checkout, ignore, limits.contextBytes(), BuildLimits.CONTEXT_FILES)
        .check(ContextBounds.Sender.PROGRAM, build.stop());
  }

  /**
   * Ends a build that asks for an image or an address which the text did not name: a base image may
   * do so.
   */
  private void watch(String part, Build build) {
    if (!limits.remoteAdd()) {
      RemoteSources.refusal(part).ifPresent(build.stop()::stop);
    }
    Matcher asks = ASKS.matcher(part);
    if (asks.matches()) {
      foreign.refusal(asks.group(1), build.job()).ifPresent(build.stop()::stop);
    }
  }

  /**
   * Ends a build that sends more than was counted before, however buildx came to read the rules.
   */
  private void watchContext(long bytes, Build build) {
    if (bytes > limits.contextBytes() + BuildLimits.CONTEXT_FILES * FILE_RECORD_BYTES) {
      build
          .stop()
          .stop(
              new BuildFailure.UserFault(
                  "The build context became larger than %d MB (MAX_CONTEXT_MB) while it was sent; write .dockerignore plainly"
                      .formatted(limits.contextBytes() >> 20)));
    }
  }

  private void run(
      BuildPlan plan,
      Readings readings,
      Build build,
      ImageRef ref,
      Map<String, String> given,
      BuildxOutput output,
      EngineFailure failure)
      throws BuildFailure {
    try (BuildxFolder folder = BuildxFolder.in(build.workspace())) {
      folder.write("config.json", logins.dockerConfig());
      // by it BuildKit finds the files that the app's last build sent, instead of keeping them all
      folder.write(
          ".buildNodeID",
          cacheKey.name("sources", build.job().appId()).substring(0, NODE_ID_CHARS));
      BuildxDefinition definition =
          new BuildxDefinition(
              plan.checkout().directory().toAbsolutePath(),
              dockerfile(plan, readings, folder),
              ref.toString(),
              Labels.of(workerId, build.job()),
              plan.target(),
              given,
              BuildSecrets.write(build, folder),
              offline);
      // its ending says what kind of file it is
      Path file = folder.write("build.yaml", definition.text());
      int exitCode =
          programs.run(
              List.of(plugin.toString(), "bake", "--progress=rawjson", "--file", file.toString()),
              build.workspace(),
              environment.of(folder.path()),
              output::accept,
              build.stop());
      output.finish();
      // what was refused may have failed before it was ended
      build.stop().check();
      if (exitCode != 0) {
        throw new BuildxFailure(failure).of(output.failed(), output.lines(), exitCode);
      }
    }
  }

  private static Path dockerfile(BuildPlan plan, Readings readings, BuildxFolder folder)
      throws BuildFailure {
    Dockerfile dockerfile = plan.dockerfile().orElseThrow();
    if (dockerfile.isGenerated()) {
      // an empty file would let the repository's own count
      folder.write("Dockerfile.dockerignore", "# generated\n" + dockerfile.ignore().orElseThrow());
      return folder.write("Dockerfile", OwnCache.apart(readings, dockerfile.text()));
    }
    if (OwnCache.isNeeded(dockerfile.text())) {
      Optional<String> ignore = IgnoreFile.beside(plan.checkout().directory(), dockerfile.path());
      if (ignore.isPresent()) {
        folder.write("Dockerfile.dockerignore", ignore.get());
      }
      return folder.write("Dockerfile", OwnCache.apart(readings, dockerfile.text()));
    }
    return plan.checkout().directory().resolve(dockerfile.path()).toAbsolutePath();
  }
}
