package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;

/**
 * Has the engine pull base images before its classic builder does: what they have put off ({@code
 * ONBUILD}) can be read only once they are there, and that builder asks nobody. Thread-safe.
 */
final class BasePull {
  private final DockerClient docker;
  private final RegistryLogins logins;

  BasePull(DockerClient docker, RegistryLogins logins) {
    this.docker = docker;
    this.logins = logins;
  }

  /**
   * Pulls what is built on and not there. The builder must not try it again: what it got then,
   * nobody would have looked at.
   *
   * @param failure says what it means if an image can't be had
   * @throws BuildFailure if one can't, or the reason, if the build is stopped
   */
  void pull(ImageReferences references, EngineFailure failure, Build build) throws BuildFailure {
    for (ImageReference reference : references.all()) {
      if (references.isBase(reference)
          && reference.appRepository().isEmpty()
          && !isThere(reference.name())) {
        pull(reference, failure, build);
      }
    }
  }

  private boolean isThere(String name) {
    try {
      docker.inspectImageCmd(name).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    } catch (RuntimeException e) {
      // whoever asks next says what is wrong with the engine
      return true;
    }
  }

  private void pull(ImageReference reference, EngineFailure failure, Build build)
      throws BuildFailure {
    String name = reference.name();
    build.progress().info("Pulling " + name);
    boolean whole = name.lastIndexOf(':') > name.lastIndexOf('/') || name.contains("@");
    // without a tag the engine would pull all there are
    PullImageCmd command = docker.pullImageCmd(whole ? name : name + ":latest");
    logins.forImage(name).ifPresent(command::withAuthConfig);
    PullImageResultCallback pull = new PullImageResultCallback();
    try (var ignored = build.stop().onStop(() -> close(pull))) {
      command.exec(pull).awaitCompletion();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("The worker is stopping, so the build was ended", e);
    } catch (RuntimeException e) {
      build.stop().check();
      throw failure.ofPull(reference, e);
    }
    build.stop().check();
    if (!isThere(name)) {
      throw failure.ofPull(
          reference, new IllegalStateException("it was pulled, but the engine does not have it"));
    }
  }

  private static void close(PullImageResultCallback pull) {
    try {
      pull.close();
    } catch (IOException e) {
      // it is broken already, which is as good
    }
  }
}
