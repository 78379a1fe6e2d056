package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.network.FirewallRules.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallRulesTest {
  private static final FirewallRules RULES =
      new FirewallRules(Version.IPV4, List.of("sky-+", "docker0"), List.of("169.254.169.254"));
  private static final List<String> FIRST = List.of("-P INPUT ACCEPT", "-A INPUT -j ACCEPT");

  @Test
  void theyAreOneTransactionAndCalledBeforeAllElse() {
    assertThat(RULES.text(FIRST, List.of("-N DOCKER-USER", "-A DOCKER-USER -j RETURN")))
        .isEqualTo(
            """
            *filter
            :SKYPANEL-INPUT - [0:0]
            :SKYPANEL-FORWARD - [0:0]
            :SKYPANEL-TO-HOST - [0:0]
            :SKYPANEL-BEYOND - [0:0]
            -A SKYPANEL-INPUT -i sky-+ -j SKYPANEL-TO-HOST
            -A SKYPANEL-FORWARD -i sky-+ -j SKYPANEL-BEYOND
            -A SKYPANEL-INPUT -i docker0 -j SKYPANEL-TO-HOST
            -A SKYPANEL-FORWARD -i docker0 -j SKYPANEL-BEYOND
            -A SKYPANEL-TO-HOST -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
            -A SKYPANEL-TO-HOST -d 169.254.169.254 -p udp --dport 53 -j RETURN
            -A SKYPANEL-TO-HOST -d 169.254.169.254 -p tcp --dport 53 -j RETURN
            -A SKYPANEL-TO-HOST -j DROP
            -A SKYPANEL-BEYOND -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
            -A SKYPANEL-BEYOND -d 169.254.169.254 -p udp --dport 53 -j RETURN
            -A SKYPANEL-BEYOND -d 169.254.169.254 -p tcp --dport 53 -j RETURN
            -A SKYPANEL-BEYOND -d 169.254.0.0/16 -j DROP
            -A SKYPANEL-BEYOND -d 100.100.100.200/32 -j DROP
            -A SKYPANEL-BEYOND -d 192.0.0.192/32 -j DROP
            -A SKYPANEL-BEYOND -d 168.63.129.16/32 -j DROP
            -A SKYPANEL-BEYOND -m conntrack --ctstate DNAT -j DROP
            -I INPUT 1 -j SKYPANEL-INPUT
            -I DOCKER-USER 1 -j SKYPANEL-FORWARD
            COMMIT
            """);
  }

  @Test
  void aCallThatStandsFirstStaysAndOneThatWasPushedBackIsMoved() {
    List<String> pushedBack =
        List.of("-P INPUT ACCEPT", "-A INPUT -j ACCEPT", "-A INPUT -j SKYPANEL-INPUT");
    List<String> inPlace =
        List.of("-N DOCKER-USER", "-A DOCKER-USER -j SKYPANEL-FORWARD", "-A DOCKER-USER -j RETURN");

    assertThat(RULES.text(pushedBack, inPlace))
        .endsWith("-D INPUT -j SKYPANEL-INPUT\n-I INPUT 1 -j SKYPANEL-INPUT\nCOMMIT\n");
  }

  @Test
  void withIpv6NeighboursAreStillFound() {
    assertThat(
            new FirewallRules(Version.IPV6, List.of("docker0"), List.of())
                .text(List.of(), List.of()))
        .contains(
            "-A SKYPANEL-TO-HOST -p ipv6-icmp -m icmp6 --icmpv6-type neighbour-solicitation -j"
                + " RETURN\n",
            "-A SKYPANEL-BEYOND -d fd00:ec2:0:0:0:0:0:0/32 -j DROP\n",
            "-I FORWARD 1 -j SKYPANEL-FORWARD\n");
  }

  @Test
  void theirRemovalNamesOnlyWhatIsThere() {
    assertThat(FirewallRules.removal(Version.IPV4, FIRST, List.of()))
        .doesNotContain("-D ")
        .contains("-X SKYPANEL-INPUT\n-X SKYPANEL-FORWARD\n");
    assertThat(
            FirewallRules.removal(Version.IPV4, List.of("-A INPUT -j SKYPANEL-INPUT"), List.of()))
        .contains("-D INPUT -j SKYPANEL-INPUT\n");
  }

  @Test
  void aCallThatTwoWorkersHaveWrittenAtOnceGoesAsOftenAsItIsThere() {
    List<String> input =
        List.of("-P INPUT ACCEPT", "-A INPUT -j SKYPANEL-INPUT", "-A INPUT -j SKYPANEL-INPUT");
    List<String> forward =
        List.of(
            "-A DOCKER-USER -j SKYPANEL-FORWARD",
            "-A DOCKER-USER -j SKYPANEL-FORWARD",
            "-A DOCKER-USER -j RETURN");
    String twice = "-D INPUT -j SKYPANEL-INPUT\n".repeat(2);
    String twiceForward = "-D DOCKER-USER -j SKYPANEL-FORWARD\n".repeat(2);

    assertThat(FirewallRules.removal(Version.IPV4, input, forward))
        .contains(twice + twiceForward + "-X SKYPANEL-INPUT\n");
    assertThat(RULES.text(input, forward))
        .endsWith(
            twice
                + "-I INPUT 1 -j SKYPANEL-INPUT\n"
                + twiceForward
                + "-I DOCKER-USER 1 -j SKYPANEL-FORWARD\nCOMMIT\n");
  }
}
