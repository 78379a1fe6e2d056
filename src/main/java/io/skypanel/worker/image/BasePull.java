package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Progress;
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
   * Pulls what is built on and not there. A pull that fails is left to the builder, which says why.
   *
   * @throws BuildFailure the reason, if the build is stopped
   */
  void pull(ImageReferences references, Build build) throws BuildFailure {
    for (ImageReference reference : references.all()) {
      if (references.isBase(reference)
          && reference.appRepository().isEmpty()
          && !isThere(reference.name())) {
        pull(reference.name(), build);
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

  private void pull(String name, Build build) throws BuildFailure {
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
      build.progress().line(Progress.Level.DEBUG, name + " can't be pulled: " + e.getMessage());
    }
    build.stop().check();
  }

  private static void close(PullImageResultCallback pull) {
    try {
      pull.close();
    } catch (IOException e) {
      // it is broken already, which is as good
    }
  }
}
