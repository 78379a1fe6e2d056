package io.skypanel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Starts and stops one container; what is so already is no error. Thread-safe. */
public final class ContainerSwitch {
  /** How the engine says that a container's network was removed while it was stopped. */
  private static final Pattern NO_NETWORK = Pattern.compile("network \\S+ not found");

  private final DockerClient docker;
  private final Consumer<String> rejoin;

  /**
   * Of containers of {@code docker}.
   *
   * @param rejoin puts the container with this id on a network again, where its own is gone
   */
  public ContainerSwitch(DockerClient docker, Consumer<String> rejoin) {
    this.docker = docker;
    this.rejoin = rejoin;
  }

  /** Starts it. Throws NotFoundException if it is gone. */
  public void start(String id) {
    onNetwork(id, () -> docker.startContainerCmd(id).exec());
  }

  /** Stops it; what does not end by itself within {@code graceSeconds} is killed. */
  public void stop(String id, int graceSeconds) {
    try {
      docker.stopContainerCmd(id).withTimeout(graceSeconds).exec();
    } catch (NotModifiedException | NotFoundException stopped) {
      // that is what was wanted
    }
  }

  /** Stops it so, and starts it. Throws NotFoundException if it is gone. */
  public void restart(String id, int graceSeconds) {
    onNetwork(id, () -> docker.restartContainerCmd(id).withTimeout(graceSeconds).exec());
  }

  private void onNetwork(String id, Runnable start) {
    try {
      start.run();
    } catch (NotModifiedException runs) {
      // that is what was wanted
    } catch (NotFoundException | InternalServerErrorException e) {
      if (!NO_NETWORK.matcher(EngineMessage.of(e)).find()) {
        throw e;
      }
      rejoin.accept(id);
      start.run();
    }
  }
}
