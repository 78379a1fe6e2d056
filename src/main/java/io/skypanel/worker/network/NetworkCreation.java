package io.skypanel.worker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateNetworkCmd;
import com.github.dockerjava.api.model.Network;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.IpNetwork;
import io.skypanel.worker.settings.NetworkPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a network with addresses that nobody else has. The engine's own pools end after about 30
 * networks, and the engine does not look at this machine's routes when it is given a subnet.
 */
final class NetworkCreation {
  private static final Logger log = LoggerFactory.getLogger(NetworkCreation.class);
  private static final String BRIDGE_NAME = "com.docker.network.bridge.name";
  private static final String MTU = "com.docker.network.driver.mtu";

  /**
   * The largest private range is 10.0.0.0/8. A network whose addresses the engine does not give out
   * itself ({@code --ipam-driver null}) is listed with 0.0.0.0/0.
   */
  private static final int WIDEST = 8;

  /** Another worker may take the same addresses between the look and the making. */
  private static final int ATTEMPTS = 20;

  private final DockerClient docker;
  private final DockerEndpoint endpoint;
  private final String workerId;
  private final NetworkPool pool;

  NetworkCreation(DockerClient docker, DockerEndpoint endpoint, String workerId, NetworkPool pool) {
    this.docker = docker;
    this.endpoint = endpoint;
    this.workerId = workerId;
    this.pool = pool;
  }

  /**
   * Makes it.
   *
   * @throws BuildFailure.WorkerFault if the pool is full, or the engine refuses
   */
  void create(AppNetwork network) throws BuildFailure {
    List<IpNetwork> refused = new ArrayList<>();
    while (true) {
      try {
        IpNetwork subnet = free(refused);
        refused.add(subnet);
        command(network, subnet).exec();
        return;
      } catch (RuntimeException e) {
        String message = EngineMessage.of(e);
        // of the engine's list, and of the kernel's routes
        boolean taken = message.contains("overlap") || message.contains("conflicts with");
        if (!taken || refused.size() == ATTEMPTS) {
          throw new BuildFailure.WorkerFault(
              "Network " + network.name() + " can't be made: " + message, e);
        }
      }
    }
  }

  private IpNetwork free(List<IpNetwork> refused) throws BuildFailure {
    List<IpNetwork> taken = new ArrayList<>(refused);
    docker.listNetworksCmd().exec().forEach(network -> taken.addAll(subnets(network)));
    if (endpoint.isLocal()) {
      taken.addAll(HostRoutes.read());
    }
    Optional<IpNetwork> free = pool.free(taken);
    if (free.isEmpty()) {
      throw new BuildFailure.WorkerFault(
          "No addresses are left for another network of apps: all of APP_NETWORK_POOL ("
              + pool
              + ") is taken by networks of the engine or routes of this machine; enlarge it, or"
              + " give it addresses that nothing else has",
          null);
    }
    return free.get();
  }

  private static List<IpNetwork> subnets(Network network) {
    if (network.getIpam() == null || network.getIpam().getConfig() == null) {
      return List.of();
    }
    return network.getIpam().getConfig().stream()
        .flatMap(config -> Stream.ofNullable(config.getSubnet()))
        .flatMap(subnet -> addresses(network.getName(), subnet).stream())
        .toList();
  }

  /** One odd network of somebody else's must not keep all others from being made. */
  private static Optional<IpNetwork> addresses(String network, String subnet) {
    try {
      IpNetwork addresses = IpNetwork.parse(subnet);
      if (addresses.bits() >= WIDEST) {
        return Optional.of(addresses);
      }
      log.warn(
          "Network {} of the engine has the subnet {}, wider than any private range; the choice of"
              + " addresses for apps' networks passes it over",
          network,
          subnet);
    } catch (IllegalArgumentException e) {
      log.warn(
          "Network {} of the engine has the subnet '{}', which is none; the choice of addresses for"
              + " apps' networks passes it over",
          network,
          Shown.of(subnet));
    }
    return Optional.empty();
  }

  private CreateNetworkCmd command(AppNetwork network, IpNetwork subnet) {
    Map<String, String> options = new HashMap<>();
    options.put(BRIDGE_NAME, network.bridge());
    // the engine gives its own only to the default bridge
    mtu().ifPresent(mtu -> options.put(MTU, mtu));
    return docker
        .createNetworkCmd()
        .withName(network.name())
        .withDriver("bridge")
        .withCheckDuplicate(true)
        .withEnableIpv6(false)
        .withLabels(network.labels(workerId))
        .withOptions(options)
        .withIpam(
            new Network.Ipam().withConfig(new Network.Ipam.Config().withSubnet(subnet.toString())));
  }

  private Optional<String> mtu() {
    return docker.listNetworksCmd().withNameFilter("bridge").exec().stream()
        .filter(network -> network.getName().equals("bridge") && network.getOptions() != null)
        .map(network -> network.getOptions().get(MTU))
        .filter(mtu -> mtu != null)
        .findFirst();
  }
}
