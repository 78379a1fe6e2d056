package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.process.ProgramRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Has BuildKit build by Docker's buildx, which speaks to it in a session. The engine ends the build
 * when the program goes away. See docs/decisions/0012. Thread-safe.
 */
final class BuildxSolve {
  private static final int NODE_ID_CHARS = 16;

  private final Path plugin;
  private final ProgramRunner programs;
  private final BuildxEnvironment environment;
  private final RegistryLogins logins;
  private final CacheKey cacheKey;

  /**
   * @param plugin the program, as {@link BuildxPlugin} finds it
   * @param programs runs it
   * @param environment the program's
   * @param logins at registries
   * @param cacheKey keeps the files of apps apart
   */
  BuildxSolve(
      Path plugin,
      ProgramRunner programs,
      BuildxEnvironment environment,
      RegistryLogins logins,
      CacheKey cacheKey) {
    this.plugin = plugin;
    this.programs = programs;
    this.environment = environment;
    this.logins = logins;
    this.cacheKey = cacheKey;
  }

  /**
   * Builds. A stop of the build ends it.
   *
   * @param output gets what BuildKit says
   * @throws BuildFailure why there is no image
   */
  void run(Solve solve, BuildKitOutput output, EngineFailure failure) throws BuildFailure {
    Build build = solve.build();
    try (BuildxFolder folder = BuildxFolder.in(build.workspace())) {
      folder.write("config.json", logins.dockerConfig());
      // by it BuildKit finds the files that the app's last build sent, instead of keeping them all
      folder.write(
          ".buildNodeID",
          cacheKey.name("sources", build.job().appId()).substring(0, NODE_ID_CHARS));
      BuildxDefinition definition =
          new BuildxDefinition(
              solve.plan().checkout().directory().toAbsolutePath(),
              dockerfile(solve, folder),
              solve.ref().toString(),
              solve.labels(),
              solve.plan().target(),
              solve.arguments(),
              BuildSecrets.write(build, folder),
              solve.offline());
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
        throw new BuildKitFailure(failure).of(output.failed(), output.lines(), exitCode);
      }
    }
  }

  private static Path dockerfile(Solve solve, BuildxFolder folder) throws BuildFailure {
    Path checkout = solve.plan().checkout().directory();
    Dockerfile dockerfile = solve.plan().dockerfile().orElseThrow();
    if (dockerfile.isGenerated()) {
      // an empty file would let the repository's own count
      folder.write("Dockerfile.dockerignore", "# generated\n" + dockerfile.ignore().orElseThrow());
      return folder.write("Dockerfile", OwnCache.apart(solve.readings(), dockerfile.text()));
    }
    if (OwnCache.isNeeded(dockerfile.text())) {
      Optional<String> ignore = IgnoreFile.beside(checkout, dockerfile.path());
      if (ignore.isPresent()) {
        folder.write("Dockerfile.dockerignore", ignore.get());
      }
      return folder.write("Dockerfile", OwnCache.apart(solve.readings(), dockerfile.text()));
    }
    return checkout.resolve(dockerfile.path()).toAbsolutePath();
  }
}
