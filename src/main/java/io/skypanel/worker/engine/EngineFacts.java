package io.skypanel.worker.engine;

/**
 * The engine as it was found at start.
 *
 * @param version its version
 * @param rootDirectory where it keeps images and containers, on its own machine
 * @param runningContainers how many ran
 */
public record EngineFacts(String version, String rootDirectory, int runningContainers) {}
