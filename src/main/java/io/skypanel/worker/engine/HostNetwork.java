package io.skypanel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network;
import io.skypanel.worker.settings.DockerEndpoint;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a worker in a container shares the host's network. It must, to reach its apps' own
 * addresses: a container reaches another one only on a bridge that both are on.
 */
public final class HostNetwork {
  /** The option in which Docker keeps the name of a bridge's interface on the host. */
  private static final String BRIDGE_NAME = "com.docker.network.bridge.name";

  private HostNetwork() {}

  /**
   * What a worker in a container can't do where it stands. Empty if it shares the host's network,
   * or where that can't be told: with an engine elsewhere, or one without its default bridge.
   */
  public static Optional<String> warning(DockerClient docker, DockerEndpoint endpoint) {
    if (!endpoint.isLocal()) {
      return Optional.empty();
    }
    try {
      Network bridge = docker.inspectNetworkCmd().withNetworkId("bridge").exec();
      return warning(bridge, Interfaces.look());
    } catch (RuntimeException | SocketException unknown) {
      return Optional.empty();
    }
  }

  static Optional<String> warning(Network bridge, Interfaces own) {
    if (hasInterface(bridge, own)) {
      return Optional.empty();
    }
    String consequence =
        isAttached(bridge, own)
            ? "can probe only those apps that are on the engine's default bridge, as it is (all of them"
                + " with APP_NETWORK=default, else none)"
            : "can't probe its apps: nobody will know whether one without a HEALTHCHECK listens";
    return Optional.of(
        "This container does not share the host's network, so the worker "
            + consequence
            + ". Start the container with --network host");
  }

  /** Only the host has the bridge itself, by its name or by its address, the gateway. */
  private static boolean hasInterface(Network bridge, Interfaces own) {
    String name = bridge.getOptions() == null ? null : bridge.getOptions().get(BRIDGE_NAME);
    return own.names().contains(Objects.requireNonNullElse(name, "docker0"))
        || bridge.getIpam().getConfig().stream()
            .anyMatch(c -> own.addresses().contains(String.valueOf(c.getGateway())));
  }

  private static boolean isAttached(Network bridge, Interfaces own) {
    return bridge.getContainers() != null
        && bridge.getContainers().values().stream()
            .map(c -> String.valueOf(c.getIpv4Address()).replaceFirst("/.*", ""))
            .anyMatch(own.addresses()::contains);
  }

  /**
   * What this network namespace has.
   *
   * @param names the interfaces, such as {@code eth0}
   * @param addresses theirs, in textual form
   */
  record Interfaces(Set<String> names, Set<String> addresses) {
    static Interfaces look() throws SocketException {
      Interfaces found = new Interfaces(new HashSet<>(), new HashSet<>());
      NetworkInterface.networkInterfaces()
          .forEach(
              i -> {
                found.names.add(i.getName());
                i.inetAddresses().map(InetAddress::getHostAddress).forEach(found.addresses::add);
              });
      return found;
    }
  }
}
