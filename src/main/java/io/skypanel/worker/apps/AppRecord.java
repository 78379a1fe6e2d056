package io.skypanel.worker.apps;

import io.skypanel.worker.job.Serving;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this worker knows of one app. Immutable.
 *
 * @param appId the panel's id of the app
 * @param name for people
 * @param ports host ports that are the app's own, two at most: it alternates between them
 * @param address its names at the ingress; empty: its address is its port
 * @param state whether it is to run
 * @param deployments its history, newest first
 * @param retiring older versions that go once nobody uses them any more
 */
public record AppRecord(
    String appId,
    String name,
    List<Integer> ports,
    Optional<Address> address,
    State state,
    List<AppDeployment> deployments,
    List<Retiring> retiring) {
  private static final int LONGEST_NAME = 100;

  public AppRecord {
    ports = List.copyOf(ports);
    deployments = List.copyOf(deployments);
    retiring = List.copyOf(retiring);
  }

  /** Whether an app is to run. */
  public enum State {
    /** It is, and is brought back where it is not. */
    RUNNING,
    /** An operator has stopped it. */
    STOPPED,
    /** It was stopped for a successor that shares its volumes. */
    MAKING_WAY
  }

  /**
   * An app's names at the ingress.
   *
   * @param slug its name below the ingress's domain
   * @param domains the operator's further host names for it
   */
  public record Address(String slug, List<String> domains) {
    public Address {
      domains = List.copyOf(domains);
    }
  }

  /**
   * A version that has a successor.
   *
   * @param containerId what is to go
   * @param hostPort where it is published; 0: nowhere
   * @param successor the deployment that took its place
   */
  public record Retiring(String containerId, int hostPort, String successor) {}

  /** An app that was never deployed. */
  public static AppRecord empty(String appId) {
    return new AppRecord(
        appId, appId, List.of(), Optional.empty(), State.RUNNING, List.of(), List.of());
  }

  /** The deployment that serves (or that an operator has stopped): the newest that came up. */
  public Optional<AppDeployment> current() {
    return deployments.stream().filter(AppDeployment::served).findFirst();
  }

  /** What people meet at the app's address; empty if nothing serves. */
  public Optional<Serving> serving() {
    return state == State.RUNNING
        ? current().map(d -> new Serving(d.deploymentId(), d.commitSha(), d.url()))
        : Optional.empty();
  }

  /** The deployment with this id, if its record is kept. */
  public Optional<AppDeployment> deployment(String deploymentId) {
    return deployments.stream().filter(d -> d.deploymentId().equals(deploymentId)).findFirst();
  }

  /** With {@code deployment} as the newest; an older entry of the same id goes. */
  public AppRecord with(AppDeployment deployment) {
    List<AppDeployment> all = new ArrayList<>();
    all.add(deployment);
    deployments.stream()
        .filter(d -> !d.deploymentId().equals(deployment.deploymentId()))
        .forEach(all::add);
    return withDeployments(all);
  }

  /** With another name for people; customers choose it, so it is cut to one line that prints. */
  public AppRecord named(String other) {
    String line = other.replaceAll("\\p{Cntrl}", " ").strip();
    String shown = line.substring(0, Math.min(line.length(), LONGEST_NAME));
    return new AppRecord(appId, shown, ports, address, state, deployments, retiring);
  }

  /** With other ports. */
  public AppRecord withPorts(List<Integer> owned) {
    return new AppRecord(appId, name, owned, address, state, deployments, retiring);
  }

  /** With other names at the ingress. */
  public AppRecord withAddress(Optional<Address> other) {
    return new AppRecord(appId, name, ports, other, state, deployments, retiring);
  }

  /** In another state. */
  public AppRecord in(State other) {
    return new AppRecord(appId, name, ports, address, other, deployments, retiring);
  }

  /** With another history. */
  public AppRecord withDeployments(List<AppDeployment> history) {
    return new AppRecord(appId, name, ports, address, state, history, retiring);
  }

  /** With other versions on their way out. */
  public AppRecord withRetiring(List<Retiring> leaving) {
    return new AppRecord(appId, name, ports, address, state, deployments, leaving);
  }
}
