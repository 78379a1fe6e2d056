package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Version;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which builder serves this worker; decided once, at start.
 *
 * @param plugin buildx, if it is that
 * @param why what to tell the operator
 */
public record Builders(Optional<Path> plugin, String why) {
  private static final Pattern API = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

  /** What Docker Engine 18.09 speaks, the first with BuildKit. */
  private static final int API_WITH_BUILDKIT = 39;

  /** The builder that the settings ask for can't be had; the message says what to install. */
  public static final class Missing extends Exception {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
      super(message);
    }
  }

  /**
   * Decides.
   *
   * @param wanted the setting
   * @param found buildx on this machine
   * @param docker is asked whether it has BuildKit
   */
  public static Builders choose(
      ImageSettings.Builder wanted, Optional<Path> found, DockerClient docker) throws Missing {
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
      throw new Missing(
          "BUILDER=buildx, but " + lacking.get() + ". Install it, or set BUILDER to auto.");
    }
    return new Builders(Optional.empty(), lacking.get());
  }

  /** The builder's name, as the setting has it. */
  public String name() {
    return plugin.isPresent() ? "buildx" : "classic";
  }

  /**
   * The builder itself.
   *
   * @param leftovers as {@link ClassicImageBuilder} says
   * @throws IllegalArgumentException if the registries' logins can't be read
   */
  public ImageBuilder builder(
      DockerEngine engine,
      DockerEndpoint endpoint,
      String workerId,
      ImageSettings settings,
      ProgramRunner programs,
      Consumer<List<String>> leftovers) {
    return plugin.isPresent()
        ? new BuildxImageBuilder(engine, endpoint, workerId, settings, plugin.get(), programs)
        : new ClassicImageBuilder(engine, workerId, settings, leftovers);
  }

  private static Optional<String> lackOfBuildKit(DockerClient docker) {
    Version version = docker.versionCmd().exec();
    Matcher api = API.matcher(String.valueOf(version.getApiVersion()));
    boolean has =
        api.matches()
            && (Integer.parseInt(api.group(1)) > 1
                || Integer.parseInt(api.group(2)) >= API_WITH_BUILDKIT)
            && !"windows".equals(version.getOperatingSystem());
    return has
        ? Optional.empty()
        : Optional.of("the engine has no BuildKit, which came with version 18.09");
  }
}
