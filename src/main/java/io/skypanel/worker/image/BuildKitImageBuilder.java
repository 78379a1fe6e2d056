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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds with the engine's BuildKit: what is small by a request to the engine itself, all else by
 * Docker's buildx.
 */
public final class BuildKitImageBuilder implements ImageBuilder {
  /** What is sent of a file beside its content, and counts there, is less as a rule. */
  private static final long FILE_RECORD_BYTES = 512;

  /** So BuildKit names what it does for each image, at the latest when it gets its layers. */
  private static final Pattern ASKS =
      Pattern.compile("(?:\\[internal] load metadata for |FROM )(.*)");

  private final DockerClient docker;
  private final String workerId;
  private final BuildKitArguments arguments;
  private final boolean offline;

  /** Whether buildx does the small builds too; an address that is added may need a session. */
  private final boolean buildxAlone;

  private final RememberedFacts facts;
  private final DirectSolve direct;
  private final BuildxSolve buildx;
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
  public BuildKitImageBuilder(
      DockerEngine engine,
      DockerEndpoint endpoint,
      String workerId,
      CacheKey cacheKey,
      ImageSettings settings,
      Path plugin,
      ProgramRunner programs,
      Map<String, String> worker) {
    this.docker = engine.client();
    this.workerId = workerId;
    this.arguments = new BuildKitArguments(cacheKey);
    this.offline = settings.network() == ImageSettings.Network.NONE;
    this.buildxAlone =
        settings.builder() == ImageSettings.Builder.BUILDX || settings.limits().remoteAdd();
    this.facts = new RememberedFacts(engine);
    this.direct = new DirectSolve(engine);
    this.buildx =
        new BuildxSolve(
            plugin,
            programs,
            new BuildxEnvironment(endpoint, worker),
            RegistryLogins.read(settings.registryAuth()),
            cacheKey);
    this.limits = settings.limits();
    this.foreign = new ForeignImages(docker, limits.remoteAdd());
  }

  @Override
  public BuiltImage build(BuildPlan plan, Build build) throws BuildFailure {
    build.stop().check();
    long startNanos = System.nanoTime();
    ImageRef ref = ImageRef.of(build.job());
    BuildKitFacts engine = facts.now();
    Readings readings = read(plan.dockerfile().orElseThrow(), engine);
    EngineFailure failure =
        new EngineFailure(
            plan.dockerfile().orElseThrow(), BuildArguments.secrets(plan, readings, build.job()));
    Map<String, String> given = arguments.of(plan, readings, build);
    boolean hasImages =
        foreign.checkImages(
            foreign.checkText(readings, given, engine.platform(), build.job()), given, build.job());
    Solve solve =
        new Solve(plan, readings, build, ref, Labels.of(workerId, build.job()), given, offline);
    long sent = run(solve, hasImages, failure);
    InspectImageResponse image = ImageInspection.of(docker, ref, failure);
    String sources = BuiltLine.size(sent) + " of context";
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

  /**
   * @param hasImages whether the engine has all base images
   * @return how many bytes of the context went to the engine
   */
  private long run(Solve solve, boolean hasImages, EngineFailure failure) throws BuildFailure {
    Build build = solve.build();
    Path checkout = solve.plan().checkout().directory();
    Dockerfile dockerfile = solve.plan().dockerfile().orElseThrow();
    DockerIgnore ignore = IgnoreFile.of(checkout, dockerfile);
    ContextBounds.Size size =
        new ContextBounds(checkout, ignore, limits.contextBytes(), BuildLimits.CONTEXT_FILES)
            .check(ContextBounds.Sender.PROGRAM, build.stop());
    if (!buildxAlone && hasImages && DirectSolve.suits(solve, ignore, size)) {
      ContextArchive archive = ContextArchive.forBuildKit(checkout, ignore, build.progress());
      BuildKitOutput output = output(build, failure);
      DirectAnswer answer = direct.run(solve, archive, output, failure);
      if (answer.isDone()) {
        return archive.bytes();
      }
      if (!answer.wantsSession()) {
        throw answer.failure(failure);
      }
      build.progress().info("Building once more, in a session with the engine");
    }
    BuildKitOutput output = output(build, failure);
    buildx.run(solve, output, failure);
    return output.contextBytes();
  }

  private BuildKitOutput output(Build build, EngineFailure failure) {
    return new BuildKitOutput(
        build.progress(),
        failure::mask,
        part -> watch(part, build),
        bytes -> watchContext(bytes, build));
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
}
