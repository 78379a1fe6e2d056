package io.skypanel.worker.engine;

import com.github.dockerjava.api.model.Info;

/**
 * The engine as it was found at start.
 *
 * @param version its version
 * @param rootDirectory where it keeps images and containers, on its own machine
 * @param runningContainers how many ran
 */
public record EngineFacts(String version, String rootDirectory, int runningContainers) {
  /** By what it says of itself. */
  public static EngineFacts of(Info engine) {
    return new EngineFacts(
        String.valueOf(engine.getServerVersion()),
        String.valueOf(engine.getDockerRootDir()),
        engine.getContainersRunning() == null ? 0 : engine.getContainersRunning());
  }
}
