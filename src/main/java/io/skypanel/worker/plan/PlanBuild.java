package io.skypanel.worker.plan;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Digest;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.runtime.Generated;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.runtime.Wish;
import io.skypanel.worker.settings.ImageSettings;
import io.skypanel.worker.settings.ImageSettings.Strategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * The step {@code plan}: decides by which Dockerfile the image is built, the repository's own or a
 * generated one, and how the app is run. Thread-safe.
 */
public final class PlanBuild {
  private final Strategy strategy;
  private final AppFiles files;
  private final Runtimes runtimes;
  private final BooleanSupplier buildKit;

  /**
   * @param runtimes writes Dockerfiles
   * @param buildKit whether images are built by BuildKit, so that generated Dockerfiles may use it
   */
  public PlanBuild(ImageSettings settings, Runtimes runtimes, BooleanSupplier buildKit) {
    this.strategy = settings.strategy();
    this.files = new AppFiles(settings.appsDir());
    this.runtimes = runtimes;
    this.buildKit = buildKit;
  }

  /**
   * Plans the build. What is generated is printed into the build log, with the reasons.
   *
   * @throws BuildFailure a user's fault if there is nothing to build by or the repository's file
   *     about itself has a mistake; a worker's fault for a mistake of the operator's
   */
  public BuildPlan plan(@Body Checkout checkout, @Variable("build") Build build)
      throws BuildFailure {
    build.progress().entered(Phase.IMAGE);
    build.stop().check();
    Path root = checkout.directory();
    AppFile operator = files.ofOperator(build.job());
    AppSettings said = new AppSettings(operator, build.job(), files.ofRepository(root));
    checkRootDirectory(root, said.rootDirectory());
    if (strategy == Strategy.PACK) {
      RunPlan run = said.run(RunPlan.Process.WEB, false);
      return new BuildPlan(checkout, Optional.empty(), Optional.empty(), Map.of(), run);
    }
    Optional<Dockerfile> own = ownDockerfile(root, said);
    if (own.isPresent()) {
      RunPlan run = said.run(RunPlan.Process.WEB, false);
      return new BuildPlan(checkout, own, said.target(), said.arguments(), run);
    }
    Generated generated = generate(root, said, build.job());
    if (said.target().isPresent()) {
      build.progress().warn("The target counts for a Dockerfile of the repository's own alone");
    }
    print(generated, build.progress());
    RunPlan run = said.run(generated.process(), true);
    Map<String, String> arguments = new LinkedHashMap<>(said.arguments());
    if (buildKit.getAsBoolean() && !build.job().environment().isEmpty()) {
      arguments.put(Runtimes.DIGEST, digest(build.job()));
    }
    return new BuildPlan(
        checkout, Optional.of(generated.dockerfile()), Optional.empty(), arguments, run);
  }

  private static void checkRootDirectory(Path root, Optional<String> wanted) throws BuildFailure {
    if (wanted.isPresent() && !BelowCheckout.isFolder(root, wanted.get())) {
      throw new BuildFailure.UserFault(
          "rootDirectory '" + wanted.get() + "' is no folder of the repository; correct it");
    }
  }

  /** The repository's own; empty if nobody named one and there is none where one usually is. */
  private Optional<Dockerfile> ownDockerfile(Path root, AppSettings said) throws BuildFailure {
    Optional<String> named = said.dockerfile();
    if (named.isPresent()) {
      return Optional.of(RepositoryDockerfile.find(root, named));
    }
    if (strategy == Strategy.GENERATE) {
      return Optional.empty();
    }
    Optional<String> inRootDirectory =
        said.rootDirectory().map(folder -> folder + "/" + Dockerfile.DEFAULT_PATH);
    if (inRootDirectory.filter(path -> Files.isRegularFile(root.resolve(path))).isPresent()) {
      return Optional.of(RepositoryDockerfile.find(root, inRootDirectory));
    }
    if (strategy == Strategy.DOCKERFILE || RepositoryDockerfile.isInUsualPlace(root)) {
      return Optional.of(RepositoryDockerfile.find(root, Optional.empty()));
    }
    return Optional.empty();
  }

  private Generated generate(Path root, AppSettings said, BuildJob job) throws BuildFailure {
    Map<String, String> versions = said.versions();
    Map<String, String> origins = new LinkedHashMap<>();
    versions.keySet().forEach(runtime -> origins.put(runtime, said.versionOrigin(runtime)));
    Wish wish =
        new Wish(
            said.runtime(),
            said.rootDirectory(),
            versions,
            origins,
            said.buildCommand(),
            said.startCommand(),
            job.environment().keySet(),
            buildKit.getAsBoolean(),
            said.process(),
            said.buildOrigin(),
            said.startOrigin());
    Optional<Generated> generated = runtimes.generate(root, wish);
    if (generated.isEmpty()) {
      throw new BuildFailure.UserFault(
          RepositoryDockerfile.describeMissing(root)
              + ", and what kind of app it is can't be told either; known are "
              + String.join(", ", runtimes.names()));
    }
    return generated.get();
  }

  /**
   * Changes with the variables, and tells nothing of them: BuildKit does not see that a secret has.
   */
  private static String digest(BuildJob job) {
    StringBuilder variables = new StringBuilder();
    new TreeMap<>(job.environment())
        .forEach((name, value) -> variables.append(name + "=" + value + "\0"));
    return Digest.of(variables + job.appId());
  }

  private static void print(Generated generated, Progress progress) {
    generated.reasons().forEach(progress::info);
    progress.info("Building by this generated Dockerfile:");
    progress.output(generated.dockerfile().text());
    if (!generated.dockerfile().text().endsWith("\n")) {
      progress.output("\n");
    }
  }
}
