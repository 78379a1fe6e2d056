package io.skypanel.worker.network;

import com.github.dockerjava.api.DockerClient;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and removes the networks of apps. Thread-safe: containers are made at once, on one network
 * or several, and a network is not removed between being found and its container being there.
 */
public final class AppNetworks {
  private static final Logger log = LoggerFactory.getLogger(AppNetworks.class);

  private final DockerClient docker;
  private final String workerId;
  private final NetworkCreation creation;

  /**
   * By a network's name: whoever puts a container on it reads, whoever removes it writes. They stay
   * for the worker's life, one for each owner it has met.
   */
  private final Map<String, ReadWriteLock> locks = new ConcurrentHashMap<>();

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

  /** What puts a container on a network. */
  public interface Creation {
    /** Does it without starting the container; gives its id. */
    String create() throws BuildFailure;
  }

  /**
   * Makes a container on the network, and the network if it is not there.
   *
   * @throws BuildFailure the creation's own, or a worker's fault if there can be no such network
   */
  public String with(AppNetwork network, Creation container) throws BuildFailure {
    Lock use = lock(network.name()).readLock();
    use.lock();
    try {
      provide(network);
      return container.create();
    } finally {
      use.unlock();
    }
  }

  private ReadWriteLock lock(String network) {
    return locks.computeIfAbsent(network, name -> new ReentrantReadWriteLock());
  }

  private void provide(AppNetwork network) throws BuildFailure {
    if (!isThere(network)) {
      // one after the other, or each would choose the same addresses
      synchronized (creation) {
        if (!isThere(network)) {
          creation.create(network);
        }
      }
    }
  }

  private boolean isThere(AppNetwork network) throws BuildFailure {
    try {
      Network there = docker.inspectNetworkCmd().withNetworkId(network.name()).exec();
      Map<String, String> labels = there.getLabels() == null ? Map.of() : there.getLabels();
      if (!labels.entrySet().containsAll(network.labels(workerId).entrySet())) {
        throw new BuildFailure.WorkerFault(
            "Network " + network.name() + " is not this owner's; remove or rename it", null);
      }
      return true;
    } catch (NotFoundException absent) {
      return false;
    } catch (RuntimeException e) {
      throw new BuildFailure.WorkerFault(
          "Network " + network.name() + " can't be looked for: " + EngineMessage.of(e), e);
    }
  }

  /**
   * What became of the networks that no container is on.
   *
   * @param removed how many went
   * @param failed the names of those that the engine did not remove; the log says why
   */
  public record Removal(int removed, List<String> failed) {}

  /**
   * Removes those that no container is on, running or stopped, but one that a container is being
   * made for. Throws what docker-java throws if the engine does not say which there are.
   */
  public Removal removeUnused() {
    List<Network> own =
        docker
            .listNetworksCmd()
            .withFilter("label", List.of(Labels.WORKER + "=" + workerId))
            .exec()
            .stream()
            .filter(this::isOwn)
            .toList();
    Set<String> used = own.isEmpty() ? Set.of() : used();
    int removed = 0;
    List<String> failed = new ArrayList<>();
    for (Network network : own) {
      if (!used.contains(network.getName())) {
        try {
          removed += removeIfUnused(network) ? 1 : 0;
        } catch (RuntimeException e) {
          log.warn("Network {} can't be removed: {}", network.getName(), EngineMessage.of(e));
          failed.add(network.getName());
        }
      }
    }
    return new Removal(removed, failed);
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

  private boolean removeIfUnused(Network network) {
    Lock removal = lock(network.getName()).writeLock();
    if (!removal.tryLock()) {
      return false;
    }
    try {
      if (!onIt(network).isEmpty()) {
        return false;
      }
      docker.removeNetworkCmd(network.getId()).exec();
      log.debug("Removed network {}", network.getName());
      return true;
    } catch (NotFoundException gone) {
      return false;
    } finally {
      removal.unlock();
    }
  }

  /**
   * Puts a container that can't start, since its network is gone, on one that is made anew. The
   * engine goes by the id that the old one had, so the name alone does not help. Throws what
   * docker-java throws, and IllegalStateException if the container is on no network of apps.
   */
  public void rejoin(String containerId) {
    var container = docker.inspectContainerCmd(containerId).exec();
    String owner = container.getConfig().getLabels().getOrDefault(Labels.NETWORK, "");
    AppNetwork network =
        AppNetwork.ofOwner(workerId, owner)
            // a label may be its image's own, and so may the engine's message that led here
            .filter(wanted -> wanted.name().equals(container.getHostConfig().getNetworkMode()))
            .orElseThrow(() -> new IllegalStateException("its network is gone; deploy it again"));
    ContainerNetwork before = container.getNetworkSettings().getNetworks().get(network.name());
    List<String> aliases =
        before == null || before.getAliases() == null
            ? List.of()
            : before.getAliases().stream().filter(a -> !containerId.startsWith(a)).toList();
    try {
      with(network, () -> reconnect(containerId, network.name(), aliases));
    } catch (BuildFailure e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    log.info("Network {} was gone and is there again", network.name());
  }

  private String reconnect(String containerId, String network, List<String> aliases) {
    docker
        .disconnectFromNetworkCmd()
        .withNetworkId(network)
        .withContainerId(containerId)
        .withForce(true)
        .exec();
    docker
        .connectToNetworkCmd()
        .withNetworkId(network)
        .withContainerId(containerId)
        .withContainerNetwork(new ContainerNetwork().withAliases(aliases))
        .exec();
    return containerId;
  }
}
