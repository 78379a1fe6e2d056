package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Version;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which builder serves this worker; decided once, at start.
 *
 * @param plugin buildx, if it is that
 * @param why what to tell the operator
 */
public record Builders(Optional<Path> plugin, String why) {
  /** What Docker Engine 18.09 speaks, the first with BuildKit. */
  private static final int API_WITH_BUILDKIT = 39;

  /** No image can be built by these settings; the message says what to do. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * Decides.
   *
   * @param settings builder and logins
   * @param found buildx on this machine
   * @param docker is asked whether it has BuildKit
   */
  public static Builders choose(ImageSettings settings, Optional<Path> found, DockerClient docker)
      throws Unusable {
    try {
      RegistryLogins.read(settings.registryAuth());
    } catch (IllegalArgumentException e) {
      throw new Unusable(e.getMessage());
    }
    ImageSettings.Builder wanted = settings.builder();
    if (wanted == ImageSettings.Builder.CLASSIC) {
      return new Builders(Optional.empty(), "BUILDER=classic");
    }
    Optional<String> lacking =
        found.isEmpty()
            ? Optional.of(
                "buildx is not installed (packages docker-buildx-plugin or docker-buildx, or"
                    + " bin/buildx-plugin)")
            : lackOfBuildKit(docker);
    if (lacking.isEmpty()) {
      return new Builders(found, found.get().toString());
    }
    if (wanted == ImageSettings.Builder.BUILDX) {
      throw new Unusable(
          "BUILDER=buildx, but " + lacking.get() + ". Install it, or set BUILDER to auto.");
    }
    return new Builders(Optional.empty(), lacking.get());
  }

  /**
   * Whether what {@code BUILD_STRATEGY} says can be done on this machine.
   *
   * @param environment the worker's own
   */
  public static void check(ImageSettings settings, Map<String, String> environment)
      throws Unusable {
    if (settings.strategy() == ImageSettings.Strategy.PACK
        && PackProgram.find(environment).isEmpty()) {
      throw new Unusable(
          "BUILD_STRATEGY=pack, but there is no program pack on the PATH. Install it"
              + " (https://buildpacks.io/docs/install-pack), or set BUILD_STRATEGY to auto.");
    }
  }

  /** The builder's name, as the setting has it. */
  public String name() {
    return plugin.isPresent() ? "buildx" : "classic";
  }

  /**
   * The builder itself.
   *
   * @param cacheKey as {@link BuildKitImageBuilder} says
   * @param leftovers as {@link ClassicImageBuilder} says
   * @param environment the worker's own
   */
  public ImageBuilder builder(
      DockerEngine engine,
      DockerEndpoint endpoint,
      String workerId,
      CacheKey cacheKey,
      ImageSettings settings,
      ProgramRunner programs,
      Consumer<List<String>> leftovers,
      Map<String, String> environment) {
    return plugin.isPresent()
        ? new BuildKitImageBuilder(
            engine, endpoint, workerId, cacheKey, settings, plugin.get(), programs, environment)
        : new ClassicImageBuilder(engine, workerId, settings, leftovers);
  }

  private static Optional<String> lackOfBuildKit(DockerClient docker) {
    Version version;
    try {
      version = docker.versionCmd().exec();
    } catch (RuntimeException e) {
      return Optional.of("the engine does not say whether it has BuildKit: " + e.getMessage());
    }
    boolean has =
        BuildKitFacts.speaks(version, API_WITH_BUILDKIT)
            && !"windows".equals(version.getOperatingSystem());
    return has
        ? Optional.empty()
        : Optional.of("the engine has no BuildKit, which came with version 18.09");
  }
}
