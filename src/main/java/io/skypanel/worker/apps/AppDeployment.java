package io.skypanel.worker.apps;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One deployment in an app's history.
 *
 * @param deploymentId the panel's id of it
 * @param commitSha what was built
 * @param imageRef the image's name, {@code skypanel-app-<appId>:<deploymentId>}
 * @param imageId the image's id, {@code sha256:…}
 * @param intermediates ids of the untagged images that its build made, in build order; empty once
 *     clean-up has removed them
 * @param containerId the container; empty if it never came up
 * @param containerName the container's name
 * @param hostPort where it is published; empty for an app without a port
 * @param at when it came up or failed
 * @param served whether it ever came up
 * @param listened whether something listened on its port
 * @param url the address that people were given
 */
public record AppDeployment(
    String deploymentId,
    String commitSha,
    String imageRef,
    String imageId,
    List<String> intermediates,
    Optional<String> containerId,
    String containerName,
    OptionalInt hostPort,
    Instant at,
    boolean served,
    boolean listened,
    Optional<String> url) {

  public AppDeployment {
    intermediates = List.copyOf(intermediates);
  }

  /** The same, with other intermediates left. */
  public AppDeployment withIntermediates(List<String> left) {
    return new AppDeployment(
        deploymentId,
        commitSha,
        imageRef,
        imageId,
        left,
        containerId,
        containerName,
        hostPort,
        at,
        served,
        listened,
        url);
  }
}
