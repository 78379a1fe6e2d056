package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Has the engine pull base images before its classic builder does: what they have put off ({@code
 * ONBUILD}) can be read only once they are there, and that builder asks nobody. Thread-safe.
 */
final class BasePull {
  private final DockerClient docker;
  private final RegistryLogins logins;
  private final ForeignImages foreign;

  BasePull(DockerClient docker, RegistryLogins logins, ForeignImages foreign) {
    this.docker = docker;
    this.logins = logins;
    this.foreign = foreign;
  }

  /**
   * Pulls what is built on and not there.
   *
   * @param failure tells whose fault it is if there is still none: the builder would ask once more,
   *     and build on what nobody has looked at
   * @throws BuildFailure that; the reason, if the build is stopped; a {@code UserFault} if a {@code
   *     FROM} has a flag by which the builder could take another image than the engine shows
   */
  void pull(ImageReferences references, Build build, EngineFailure failure) throws BuildFailure {
    Optional<String> platform = platform(references);
    for (ImageReference reference : references.all()) {
      if (!references.isBase(reference) || reference.appRepository().isPresent()) {
        continue;
      }
      String name = reference.name();
      Optional<InspectImageResponse> image = foreign.inspect(reference);
      if (image.isEmpty()) {
        RuntimeException reason = pull(name, build);
        image = foreign.inspect(reference);
        if (image.isEmpty()) {
          throw failure.ofPull(reference, reason);
        }
      }
      if (platform.isPresent() && !isFor(platform.get(), image.get())) {
        throw new BuildFailure.UserFault(
            "%s names %s, whose image here is not for %s; build on an image that is, or leave out --platform"
                .formatted(reference.where(), Shown.of(name), platform.get()));
      }
    }
  }

  /** The engine's own platform, if a {@code FROM} names it: it pulls again what is for another. */
  private Optional<String> platform(ImageReferences references) throws BuildFailure {
    if (references.baseFlags().isEmpty()) {
      return Optional.empty();
    }
    String own = BuildKitFacts.of(docker).platform().get("TARGETPLATFORM");
    for (Map.Entry<String, String> flag : references.baseFlags().entrySet()) {
      if (!isOwn(flag.getKey(), own)) {
        throw new BuildFailure.UserFault(
            "%s has %s, and this engine's classic builder takes images for %s alone; leave the flag out, or ask the operator for buildx"
                .formatted(flag.getValue(), Shown.of(flag.getKey()), own));
      }
    }
    return Optional.of(own);
  }

  /** As engines read it: {@code amd64} alone is this system's, {@code linux} this processor's. */
  private static boolean isOwn(String flag, String own) {
    String wanted = flag.replaceFirst("^--platform=", "").toLowerCase(Locale.ROOT);
    return wanted.equals(own) || List.of(own.split("/")).contains(wanted);
  }

  private static boolean isFor(String platform, InspectImageResponse image) {
    Object variant = image.getRawValues().getOrDefault("Variant", "");
    String own = image.getOs() + "/" + image.getArch();
    return own.equals(platform)
        && (variant.equals("") || own.endsWith("/arm64") && variant.equals("v8"));
  }

  /** Gives why it failed, should it have. */
  private RuntimeException pull(String name, Build build) throws BuildFailure {
    build.progress().info("Pulling " + name);
    boolean whole = name.lastIndexOf(':') > name.lastIndexOf('/') || name.contains("@");
    // without a tag the engine would pull all there are
    PullImageCmd command = docker.pullImageCmd(whole ? name : name + ":latest");
    logins.forImage(name).ifPresent(command::withAuthConfig);
    PullImageResultCallback pull = new PullImageResultCallback();
    RuntimeException reason = new DockerClientException("it was pulled, and is not there");
    try (var ignored = build.stop().onStop(() -> close(pull))) {
      command.exec(pull).awaitCompletion();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("The worker is stopping, so the build was ended", e);
    } catch (RuntimeException e) {
      reason = e;
    }
    build.stop().check();
    return reason;
  }

  private static void close(PullImageResultCallback pull) {
    try {
      pull.close();
    } catch (IOException e) {
      // it is broken already, which is as good
    }
  }
}
