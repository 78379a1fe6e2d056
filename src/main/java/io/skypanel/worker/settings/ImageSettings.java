package io.skypanel.worker.settings;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How images come to be.
 *
 * @param strategy what a repository is built by
 * @param builder what builds by a Dockerfile
 * @param registryAuth logins for registries, in the format of Docker's {@code config.json}; a
 *     secret
 * @param network what the commands of a Dockerfile may reach
 * @param packBuilder the builder image that {@code pack} is given; empty: pack's own default
 * @param runtimesDir the operator's Dockerfile templates; empty means the copies inside the jar
 * @param runtimeImages the operator's base images by runtime, in lower case: what {@code
 *     RUNTIME_IMAGE_NODE} says stands under {@code node}
 * @param appsDir what the operator says about single apps, a file each; empty means nothing
 * @param limits what a build may take
 */
public record ImageSettings(
    Strategy strategy,
    Builder builder,
    Optional<String> registryAuth,
    Network network,
    Optional<String> packBuilder,
    Optional<Path> runtimesDir,
    Map<String, String> runtimeImages,
    Optional<Path> appsDir,
    BuildLimits limits) {

  /** Where every setting has its default. */
  public static final ImageSettings DEFAULT =
      new ImageSettings(
          Strategy.AUTO,
          Builder.AUTO,
          Optional.empty(),
          Network.DEFAULT,
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          BuildLimits.DEFAULT);

  public ImageSettings {
    runtimeImages = Map.copyOf(runtimeImages);
  }

  /** What a repository is built by. */
  public enum Strategy {
    /** Its Dockerfile, else a generated one. */
    AUTO,
    /** Its Dockerfile. */
    DOCKERFILE,
    /** A generated one, even if it has its own. */
    GENERATE,
    /** Cloud Native Buildpacks. */
    PACK
  }

  /** What builds by a Dockerfile. */
  public enum Builder {
    /**
     * BuildKit where the engine has it and buildx is installed, else the classic builder. What is
     * small goes to BuildKit without buildx.
     */
    AUTO,
    /** BuildKit, by Docker's buildx alone. */
    BUILDX,
    /** The engine's classic builder, over its API. */
    CLASSIC
  }

  /** What the commands of a Dockerfile may reach. */
  public enum Network {
    /** What the engine's default network reaches. */
    DEFAULT,
    /** Nothing. */
    NONE
  }

  /** Without the logins, which are secrets. */
  @Override
  public String toString() {
    return "strategy " + strategy + ", builder " + builder + ", network " + network;
  }
}
