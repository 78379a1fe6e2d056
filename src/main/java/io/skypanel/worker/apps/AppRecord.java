package io.skypanel.worker.apps;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this worker knows of one app. Immutable.
 *
 * @param appId the panel's id of the app
 * @param ports host ports that are the app's own, two at most: it alternates between them
 * @param deployments its history, newest first
 */
public record AppRecord(String appId, List<Integer> ports, List<AppDeployment> deployments) {
  public AppRecord {
    ports = List.copyOf(ports);
    deployments = List.copyOf(deployments);
  }

  /** An app that was never deployed. */
  public static AppRecord empty(String appId) {
    return new AppRecord(appId, List.of(), List.of());
  }

  /** The deployment that serves (or that an operator has stopped): the newest that came up. */
  public Optional<AppDeployment> current() {
    return deployments.stream().filter(AppDeployment::served).findFirst();
  }

  /** With {@code deployment} as the newest; an older entry of the same id goes. */
  public AppRecord with(AppDeployment deployment) {
    List<AppDeployment> all = new ArrayList<>();
    all.add(deployment);
    deployments.stream()
        .filter(d -> !d.deploymentId().equals(deployment.deploymentId()))
        .forEach(all::add);
    return new AppRecord(appId, ports, all);
  }

  /** With other ports. */
  public AppRecord withPorts(List<Integer> owned) {
    return new AppRecord(appId, owned, deployments);
  }

  /** With another history. */
  public AppRecord withDeployments(List<AppDeployment> history) {
    return new AppRecord(appId, ports, history);
  }
}
