package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.settings.IpNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostRoutesTest {
  @Test
  void whatTheMachineReachesIsReadWithoutItsDefaultRoutes() {
    List<String> lines =
        List.of(
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "tun0\t00000080\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0",
            "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
            "sky-1\t4003D60A\t00000000\t0001\t0\t0\t0\tC0FFFFFF\t0\t0\t0");

    assertThat(HostRoutes.parse(lines))
        .containsExactly(IpNetwork.parse("192.0.2.0/24"), IpNetwork.parse("10.214.3.64/26"));
  }
}
