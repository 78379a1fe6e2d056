package io.skypanel.worker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.NetworkPool;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and removes the networks of apps. Thread-safe: one that was just made is not removed before
 * its first container is there.
 */
public final class AppNetworks {
  private static final Logger LOG = LoggerFactory.getLogger(AppNetworks.class);

  private final DockerClient docker;
  private final String workerId;
  private final NetworkCreation creation;

  /**
   * Of {@code workerId} alone: two workers on one engine have networks of their own.
   *
   * @param endpoint where the engine is: elsewhere, this machine's routes are not its
   * @param pool where addresses come from
   */
  public AppNetworks(
      DockerEngine engine, DockerEndpoint endpoint, String workerId, NetworkPool pool) {
    this.docker = engine.client();
    this.workerId = workerId;
    this.creation = new NetworkCreation(docker, endpoint, workerId, pool);
  }

  /** What makes a container. */
  public interface Creation {
    /** Makes it without starting it; gives its id. */
    String create() throws BuildFailure;
  }

  /**
   * Makes a container on the network, and the network if it is not there.
   *
   * @throws BuildFailure the creation's own, or a worker's fault if there can be no such network
   */
  public synchronized String with(AppNetwork network, Creation container) throws BuildFailure {
    make(network);
    return container.create();
  }

  private void make(AppNetwork network) throws BuildFailure {
    try {
      Network there = docker.inspectNetworkCmd().withNetworkId(network.name()).exec();
      Map<String, String> labels = there.getLabels() == null ? Map.of() : there.getLabels();
      if (!labels.entrySet().containsAll(network.labels(workerId).entrySet())) {
        throw new BuildFailure.WorkerFault(
            "Network " + network.name() + " is not this owner's; remove or rename it", null);
      }
    } catch (NotFoundException absent) {
      creation.create(network);
    } catch (RuntimeException e) {
      throw new BuildFailure.WorkerFault(
          "Network " + network.name() + " can't be looked for: " + EngineMessage.of(e), e);
    }
  }

  /**
   * Removes those that no container is on, running or stopped; gives how many. Throws what
   * docker-java throws.
   */
  public int removeUnused() {
    List<Network> own =
        docker
            .listNetworksCmd()
            .withFilter("label", List.of(Labels.WORKER + "=" + workerId))
            .exec()
            .stream()
            .filter(this::isOwn)
            .toList();
    if (own.isEmpty()) {
      return 0;
    }
    Set<String> used = used();
    int removed = 0;
    for (Network network : own) {
      if (!used.contains(network.getName()) && remove(network)) {
        removed++;
      }
    }
    return removed;
  }

  /** A label alone proves nothing: somebody may have copied it. */
  private boolean isOwn(Network network) {
    String owner = network.getLabels().getOrDefault(Labels.NETWORK, "");
    return AppNetwork.ofOwner(workerId, owner)
        .filter(wanted -> wanted.name().equals(network.getName()))
        .isPresent();
  }

  private List<Container> onIt(Network network) {
    return docker
        .listContainersCmd()
        .withShowAll(true)
        .withNetworkFilter(List.of(network.getName()))
        .exec();
  }

  /** The engine itself lists the containers that run, and lets go of the others' networks. */
  private Set<String> used() {
    Set<String> used = new HashSet<>();
    for (Container container : docker.listContainersCmd().withShowAll(true).exec()) {
      if (container.getHostConfig() != null) {
        used.add(container.getHostConfig().getNetworkMode());
      }
      if (container.getNetworkSettings() != null) {
        used.addAll(container.getNetworkSettings().getNetworks().keySet());
      }
    }
    return used;
  }

  /** Only this waits for deployments, and they for this: a look at everything may take long. */
  private synchronized boolean remove(Network network) {
    try {
      if (!onIt(network).isEmpty()) {
        return false;
      }
      docker.removeNetworkCmd(network.getId()).exec();
      LOG.debug("Removed network {}", network.getName());
      return true;
    } catch (NotFoundException gone) {
      return false;
    } catch (DockerException inUse) {
      LOG.warn("Network {} can't be removed: {}", network.getName(), EngineMessage.of(inUse));
      return false;
    }
  }

  /**
   * Puts a container that can't start, since its network is gone, on one that is made anew. The
   * engine goes by the id that the old one had, so the name alone does not help. Throws what
   * docker-java throws, and IllegalStateException if the container is on no network of apps.
   */
  public synchronized void rejoin(String containerId) {
    var container = docker.inspectContainerCmd(containerId).exec();
    String owner = container.getConfig().getLabels().getOrDefault(Labels.NETWORK, "");
    Optional<AppNetwork> network = AppNetwork.ofOwner(workerId, owner);
    if (network.isEmpty()) {
      throw new IllegalStateException("its network is gone; deploy it again");
    }
    String name = network.get().name();
    try {
      make(network.get());
    } catch (BuildFailure e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    ContainerNetwork before = container.getNetworkSettings().getNetworks().get(name);
    List<String> aliases =
        before == null || before.getAliases() == null
            ? List.of()
            : before.getAliases().stream().filter(a -> !containerId.startsWith(a)).toList();
    docker
        .disconnectFromNetworkCmd()
        .withNetworkId(name)
        .withContainerId(containerId)
        .withForce(true)
        .exec();
    docker
        .connectToNetworkCmd()
        .withNetworkId(name)
        .withContainerId(containerId)
        .withContainerNetwork(new ContainerNetwork().withAliases(aliases))
        .exec();
    LOG.info("Network {} was gone and is there again", name);
  }
}
