package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.BuildLimits;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Hands a repository over to Cloud Native Buildpacks' {@code pack}, which finds out by itself how
 * it is built. The job's variables reach the buildpacks by a file of the build's own, and are not
 * in the image. The repository's {@code project.toml} is not read by pack: it would choose builder
 * and buildpacks, which are images and programs from anywhere. What of a plan pack has no room for
 * (arguments, target, root directory) is not passed on. See {@link PackRemains} for what is left of
 * a build that fails.
 */
public final class PackImageBuilder implements ImageBuilder {
  private static final String PROGRAM = "pack";
  private static final int CACHE_KEY_CHARS = 16;

  /**
   * What is read in place of the repository's own.
   *
   * @see <a href="https://buildpacks.io/docs/reference/config/project-descriptor/">its format</a>
   */
  private static final String DESCRIPTOR = "[_]\nschema-version = \"0.2\"\n";

  private final ProgramRunner programs;
  private final DockerClient docker;
  private final BuildxEnvironment environment;
  private final Map<String, String> worker;
  private final RegistryLogins logins;
  private final boolean offline;
  private final Optional<String> builder;
  private final CacheKey cacheKey;
  private final PackLabels labels;
  private final PackRemains remains;
  private final BuildLimits limits;

  /**
   * @param programs runs pack
   * @param docker the engine in which the image appears
   * @param endpoint where that is
   * @param workerId this worker's own id, for the labels
   * @param cacheKey keeps the caches of apps apart
   * @param settings builder image, logins and network
   * @param worker the worker's own environment: the path to pack, its home, and how registries are
   *     reached
   * @throws IllegalArgumentException if the logins can't be read
   */
  public PackImageBuilder(
      ProgramRunner programs,
      DockerClient docker,
      DockerEndpoint endpoint,
      String workerId,
      CacheKey cacheKey,
      ImageSettings settings,
      Map<String, String> worker) {
    this.programs = programs;
    this.docker = docker;
    this.environment = new BuildxEnvironment(endpoint, worker);
    this.worker = Map.copyOf(worker);
    this.logins = RegistryLogins.read(settings.registryAuth());
    this.offline = settings.network() == ImageSettings.Network.NONE;
    this.builder = settings.packBuilder();
    this.cacheKey = cacheKey;
    this.labels = new PackLabels(docker, workerId);
    this.remains = new PackRemains(docker);
    this.limits = settings.limits();
  }

  @Override
  public BuiltImage build(BuildPlan plan, Build build) throws BuildFailure {
    build.stop().check();
    // nothing says what to leave out, so all there is counts
    new ContextBounds(
            plan.checkout().directory(),
            new DockerIgnore(List.of()),
            limits.contextBytes(),
            BuildLimits.CONTEXT_FILES)
        .check(ContextBounds.Sender.PROGRAM, build.stop());
    long startNanos = System.nanoTime();
    ImageRef ref = ImageRef.of(build.job());
    // there is no Dockerfile to be at fault; all variables are secrets
    EngineFailure failure =
        new EngineFailure(
            new Dockerfile("of buildpacks", "", Optional.empty()), build.job().environment());
    try {
      run(plan, build, ref, failure);
      labels.putOn(ref, build);
    } catch (BuildFailure e) {
      remains.remove(ref);
      throw e;
    }
    InspectImageResponse image = ImageInspection.of(docker, ref, failure);
    build.progress().info(BuiltLine.of(ref, image, "buildpacks", startNanos));
    return new BuiltImage(plan.checkout(), ref, image.getId(), List.of(), plan.run());
  }

  private void run(BuildPlan plan, Build build, ImageRef ref, EngineFailure failure)
      throws BuildFailure {
    PackOutput output = new PackOutput(build.progress());
    try (BuildxFolder folder = BuildxFolder.in(build.workspace())) {
      folder.write("config.json", logins.dockerConfig());
      Path variables = folder.write("pack.env", variables(build.job().environment()));
      Path descriptor = folder.write("project.toml", DESCRIPTOR);
      int exitCode =
          programs.run(
              command(plan, build, ref, variables, descriptor),
              build.workspace(),
              environment(folder.path()),
              output::accept,
              build.stop());
      if (exitCode != 0) {
        throw output.failure(exitCode, failure);
      }
    }
  }

  private List<String> command(
      BuildPlan plan, Build build, ImageRef ref, Path variables, Path descriptor)
      throws BuildFailure.WorkerFault {
    List<String> command = new ArrayList<>(List.of(PROGRAM, "build", ref.toString(), "--no-color"));
    command.addAll(List.of("--path", plan.checkout().directory().toString()));
    command.addAll(List.of("--env-file", variables.toString()));
    command.addAll(List.of("--descriptor", descriptor.toString()));
    command.addAll(List.of("--pull-policy", "if-not-present"));
    // by itself pack names them after the image and its tag, which no other deployment has
    String id = build.job().appId();
    // the first part is for people
    String app =
        ImageRef.plain(id, "app") + "-" + cacheKey.name("pack", id).substring(0, CACHE_KEY_CHARS);
    for (String type : List.of("build", "launch")) {
      command.add("--cache");
      command.add("type=" + type + ";format=volume;name=skypanel-pack-" + type + "-" + app);
    }
    if (offline) {
      command.addAll(List.of("--network", "none"));
    }
    builder.ifPresent(image -> command.addAll(List.of("--builder", image)));
    return command;
  }

  /** The operator's own {@code pack config} counts, so the home is the worker's. */
  private Map<String, String> environment(Path folder) {
    Map<String, String> seen = environment.ofClient(folder);
    Stream.of("PATH", "HOME", "PACK_HOME")
        .filter(worker::containsKey)
        .forEach(name -> seen.put(name, worker.get(name)));
    return seen;
  }

  /** A value with a line break can't stand in such a file; the buildpacks go without it. */
  private static String variables(Map<String, String> variables) {
    return variables.entrySet().stream()
        .filter(e -> !e.getValue().contains("\n") && !e.getKey().startsWith("#"))
        .map(e -> e.getKey() + "=" + e.getValue() + "\n")
        .collect(Collectors.joining());
  }
}
