package io.skypanel.worker.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.HostPattern;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressRulesTest {
  private static final EgressRules DEFAULT = EgressRules.of(GitSettings.DEFAULT, Set.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "febf::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fd00:42::42",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "0.0.0.0",
        "::",
        "255.255.255.255",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2852039166", // 169.254.169.254 in one number
      })
  void refusesLinkLocalAndMetadataAddressesInEveryForm(String address) throws Exception {
    assertThat(DEFAULT.refuse("git.example.com", List.of(InetAddress.getByName(address)), 443))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .contains("git.example.com is never fetched from: ")
                    .contains("GIT_DENIED_ADDRESSES"));
  }

  /** A name's AAAA record is not read by way of a text. */
  @Test
  void refusesAMappedAddressThatANameWasResolvedTo() throws Exception {
    byte[] mapped = new byte[16];
    byte[] metadata = {(byte) 0xff, (byte) 0xff, (byte) 169, (byte) 254, (byte) 169, (byte) 254};
    System.arraycopy(metadata, 0, mapped, 10, metadata.length);

    assertThat(DEFAULT.refuse("h", List.of(Inet6Address.getByAddress("h", mapped, 0)), 443))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "140.82.121.3", "fd12::1"})
  void takesLoopbackPrivateAndPublicAddresses(String address) throws Exception {
    assertThat(DEFAULT.refuse("git.example.com", List.of(InetAddress.getByName(address)), 443))
        .isEmpty();
  }

  @Test
  void oneBadAddressAmongGoodOnesIsEnough() throws Exception {
    assertThat(
            DEFAULT.refuse(
                "h",
                List.of(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("fe80::1")),
                443))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"})
  void aPortOfTheWorkersOwnIsRefusedByEveryAddressOfThisMachine(String address) throws Exception {
    EgressRules rules = EgressRules.of(GitSettings.DEFAULT, Set.of(2019));

    assertThat(rules.refuse("h", List.of(InetAddress.getByName(address)), 2019)).isPresent();
    assertThat(rules.refuse("h", List.of(InetAddress.getByName(address)), 3000)).isEmpty();
    assertThat(rules.refuse("h", List.of(InetAddress.getByName("10.9.8.7")), 2019)).isEmpty();
  }

  @Test
  void takesTheHostsAndProtocolsOfTheSettingsAndNamesTheSettingOtherwise() {
    EgressRules rules =
        new EgressRules(
            EnumSet.of(GitProtocol.HTTPS),
            List.of(new HostPattern("github.com"), new HostPattern("*.example.com")),
            List.of(),
            Set.of());

    assertThat(rules.refuse(GitProtocol.HTTPS, "GitHub.com")).isEmpty();
    assertThat(rules.refuse(GitProtocol.HTTPS, "github.com.")).isEmpty();
    assertThat(rules.refuse(GitProtocol.HTTPS, "a.b.example.com")).isEmpty();
    for (String other :
        List.of("example.com", "evilexample.com", "github.com.evil.net", "127.0.0.1", "::1")) {
      assertThat(rules.refuse(GitProtocol.HTTPS, other))
          .hasValue(
              "The host "
                  + other
                  + " is not one that this worker fetches from; its operator can add it to"
                  + " GIT_ALLOWED_HOSTS");
    }
    assertThat(rules.refuse(GitProtocol.SSH, "github.com"))
        .hasValue(
            "github.com is not fetched from by ssh; this worker's GIT_ALLOWED_PROTOCOLS has https");
  }

  @Test
  void aNameThatIsNoneIsRefusedAndShownHarmlessly() {
    assertThat(DEFAULT.refuse(GitProtocol.HTTPS, "a\nFATAL b"))
        .hasValue("'a?FATAL?b' is no name of a host");
  }
}
