package io.skypanel.worker.job;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A running app.
 *
 * @param image what runs
 * @param containerId the container's id
 * @param containerName the container's name
 * @param host where the app is reached: this machine's address
 * @param port the published host port; empty for an app without one
 * @param url the address for people; empty for an app without a port
 * @param warning what the customer ought to know although the app runs
 */
public record Deployment(
    BuiltImage image,
    String containerId,
    String containerName,
    String host,
    OptionalInt port,
    Optional<String> url,
    Optional<String> warning) {}
