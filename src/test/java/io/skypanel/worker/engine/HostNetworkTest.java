package io.skypanel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostNetworkTest {
  /** As Docker Engine 20.10 answers, which leaves the gateway out. */
  private static final String BRIDGE =
      """
      {"Name": "bridge",
       "IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]},
       "Containers": {"4e1c": {"Name": "worker", "IPv4Address": "172.17.0.2/16"}},
       "Options": {"com.docker.network.bridge.name": "docker0"}}
      """;

  /** As newer engines answer, of a bridge with a name of its own that is not given. */
  private static final String BRIDGE_WITH_GATEWAY =
      """
      {"Name": "bridge",
       "IPAM": {"Config": [{"Subnet": "10.9.0.0/24", "Gateway": "10.9.0.1"}]},
       "Containers": {}, "Options": {}}
      """;

  private static Network network(String json) throws IOException {
    return new ObjectMapper().readValue(json, Network.class);
  }

  private static HostNetwork.Interfaces own(String name, String address) {
    return new HostNetwork.Interfaces(Set.of("lo", name), Set.of("127.0.0.1", address));
  }

  @Test
  void theHostIsKnownByTheBridgeItself() throws IOException {
    assertThat(HostNetwork.warning(network(BRIDGE), own("docker0", "172.17.0.1"))).isEmpty();
    assertThat(HostNetwork.warning(network(BRIDGE_WITH_GATEWAY), own("br7", "10.9.0.1"))).isEmpty();
  }

  @Test
  void aContainerOnANetworkOfItsOwnCantProbe() throws IOException {
    assertThat(HostNetwork.warning(network(BRIDGE), own("eth0", "172.18.0.2")))
        .hasValueSatisfying(w -> assertThat(w).contains("can't probe its apps", "--network host"));
    assertThat(HostNetwork.warning(network(BRIDGE_WITH_GATEWAY), own("eth0", "10.10.0.2")))
        .isPresent();
  }

  @Test
  void aContainerOnTheDefaultBridgeReachesOnlyItsNeighbours() throws IOException {
    assertThat(HostNetwork.warning(network(BRIDGE), own("eth0", "172.17.0.2")))
        .hasValueSatisfying(w -> assertThat(w).contains("only those apps", "--network host"));
  }
}
