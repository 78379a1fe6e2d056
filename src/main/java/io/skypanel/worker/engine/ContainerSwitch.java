package io.skypanel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;

/** Starts and stops one container; what is so already is no error. Thread-safe. */
public final class ContainerSwitch {
  private final DockerClient docker;

  /** Of containers of {@code docker}. */
  public ContainerSwitch(DockerClient docker) {
    this.docker = docker;
  }

  /** Starts it. Throws NotFoundException if it is gone. */
  public void start(String id) {
    try {
      docker.startContainerCmd(id).exec();
    } catch (NotModifiedException runs) {
      // that is what was wanted
    }
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
    docker.restartContainerCmd(id).withTimeout(graceSeconds).exec();
  }
}
