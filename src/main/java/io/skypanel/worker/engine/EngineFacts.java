package io.skypanel.worker.engine;

import java.util.List;

/**
 * The engine as it was found at start.
 *
 * @param version its version
 * @param rootDirectory where it keeps images and containers, on its own machine
 * @param runningContainers how many ran
 * @param builders what builds images here, such as {@code classic}
 */
public record EngineFacts(
    String version, String rootDirectory, int runningContainers, List<String> builders) {
  public EngineFacts {
    builders = List.copyOf(builders);
  }
}
