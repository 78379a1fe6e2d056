package io.skypanel.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPoolTest {
  private static final IpNetwork DOCKERS = IpNetwork.parse("172.17.0.0/16");

  @Test
  void aThousandOrganizationsAndAThousandMoreFitAsShipped() {
    List<IpNetwork> given = fill(NetworkPool.DEFAULT, List.of(DOCKERS));

    assertThat(given).hasSize(2048).doesNotHaveDuplicates();
    assertThat(given).element(0).hasToString("10.214.0.0/26");
    assertThat(given).element(1000).hasToString("10.214.250.0/26");
    assertThat(given).last().hasToString("10.215.255.192/26");
  }

  @Test
  void whatTheMachineReachesOtherwiseIsPassedOver() {
    NetworkPool pool = NetworkPool.parse("base=10.0.0.0/24,size=26");

    assertThat(
            fill(pool, List.of(IpNetwork.parse("10.0.0.70/32"), IpNetwork.parse("10.0.0.130/30"))))
        .extracting(IpNetwork::toString)
        .containsExactly("10.0.0.0/26", "10.0.0.192/26");
    assertThat(pool.free(List.of(IpNetwork.parse("10.0.0.0/25"))))
        .hasToString("Optional[10.0.0.128/26]");
    assertThat(pool.free(List.of(IpNetwork.parse("10.0.0.0/8")))).isEmpty();
  }

  @Test
  void aPoolEndsWhereTheAddressesEnd() {
    NetworkPool pool = NetworkPool.parse("base=255.255.255.0/24,size=25");

    assertThat(fill(pool, List.of())).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/16",
        "base=10.0.0.0/16,size=15",
        "base=10.0.0.0/16,size=30",
        "base=10.0.0.0/7,size=26",
        "base=10.0.0.256/16,size=26",
        "base=10.0.0.0/33,size=26",
        "base=fd00::/64,size=26"
      })
  void whatIsNoPoolIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> NetworkPool.parse(text));
  }

  private static List<IpNetwork> fill(NetworkPool pool, List<IpNetwork> taken) {
    List<IpNetwork> all = new ArrayList<>(taken);
    List<IpNetwork> given = new ArrayList<>();
    for (var free = pool.free(all); free.isPresent(); free = pool.free(all)) {
      given.add(free.get());
      all.add(free.get());
    }
    return given;
  }
}
