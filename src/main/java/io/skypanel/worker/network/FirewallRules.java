package io.skypanel.worker.network;

import io.skypanel.worker.settings.IpNetwork;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The firewall's rules, in the language of {@code iptables-restore}. Pure.
 *
 * <p>They stand in chains of our own, which are written as a whole. One is called by the host's
 * INPUT, which is what a container meets at any of the host's own addresses: its gateway, a public
 * address, or a published port, behind which docker-proxy listens. The other is called by Docker's
 * DOCKER-USER, which is what it meets on its way to anywhere else.
 *
 * @param version of the protocol
 * @param bridges the interfaces of apps and builds; one that ends with {@code +} is a beginning
 * @param resolvers addresses of name servers, which containers ask by themselves. A cloud's may
 *     have the metadata address, and a host's may be the host
 */
record FirewallRules(Version version, List<String> bridges, List<String> resolvers) {
  private static final String INPUT = "SKYPANEL-INPUT";
  private static final String FORWARD = "SKYPANEL-FORWARD";
  private static final String TO_HOST = "SKYPANEL-TO-HOST";
  private static final String BEYOND = "SKYPANEL-BEYOND";
  private static final List<String> CHAINS = List.of(INPUT, FORWARD, TO_HOST, BEYOND);
  private static final String ANSWERS = " -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN";

  FirewallRules {
    bridges = List.copyOf(bridges);
    resolvers = List.copyOf(resolvers);
  }

  /** What differs between the two. */
  enum Version {
    /** Docker's own chain is there whatever else the engine does. */
    IPV4("iptables", "DOCKER-USER", Inet4Address.class),
    /** Docker has a chain there only if it is told to. */
    IPV6("ip6tables", "FORWARD", Inet6Address.class);

    final String program;
    final String forward;

    private final List<IpNetwork> metadata;

    Version(String program, String forward, Class<? extends InetAddress> kind) {
      this.program = program;
      this.forward = forward;
      this.metadata =
          IpNetwork.METADATA.stream().filter(range -> kind.isInstance(range.address())).toList();
    }

    /** The chains that call ours. */
    List<String> callers() {
      return List.of("INPUT", forward);
    }
  }

  /**
   * Everything, for an atomic replacement of what is there.
   *
   * @param input the chain INPUT as {@code iptables -S} prints it
   * @param forward the other chain that calls ours, likewise
   */
  String text(List<String> input, List<String> forward) {
    List<String> lines = new ArrayList<>(List.of("*filter"));
    CHAINS.forEach(chain -> lines.add(":" + chain + " - [0:0]"));
    for (String bridge : bridges) {
      lines.add("-A " + INPUT + " -i " + bridge + " -j " + TO_HOST);
      lines.add("-A " + FORWARD + " -i " + bridge + " -j " + BEYOND);
    }
    toHost(lines);
    beyond(lines);
    callFirst(lines, "INPUT", INPUT, input);
    callFirst(lines, version.forward, FORWARD, forward);
    lines.add("COMMIT");
    return String.join("\n", lines) + "\n";
  }

  private void toHost(List<String> lines) {
    lines.add("-A " + TO_HOST + ANSWERS);
    names(lines, TO_HOST);
    if (version == Version.IPV6) {
      // without these a container does not find its gateway
      for (String type : List.of("neighbour-solicitation", "neighbour-advertisement")) {
        lines.add("-A " + TO_HOST + " -p ipv6-icmp -m icmp6 --icmpv6-type " + type + " -j RETURN");
      }
    }
    lines.add("-A " + TO_HOST + " -j DROP");
  }

  private void beyond(List<String> lines) {
    lines.add("-A " + BEYOND + ANSWERS);
    names(lines, BEYOND);
    version.metadata.forEach(range -> lines.add("-A " + BEYOND + " -d " + range + " -j DROP"));
    // a published port, where the engine has no docker-proxy and turns the packets round itself
    lines.add("-A " + BEYOND + " -m conntrack --ctstate DNAT -j DROP");
  }

  private void names(List<String> lines, String chain) {
    for (String resolver : resolvers) {
      for (String protocol : List.of("udp", "tcp")) {
        lines.add("-A " + chain + " -d " + resolver + " -p " + protocol + " --dport 53 -j RETURN");
      }
    }
  }

  /** Whatever accepts before us would be a hole. */
  private static void callFirst(
      List<String> lines, String caller, String chain, List<String> there) {
    String call = "-A " + caller + " -j " + chain;
    List<String> rules = there.stream().filter(line -> line.startsWith("-A ")).toList();
    if (rules.indexOf(call) == 0 && rules.lastIndexOf(call) == 0) {
      return;
    }
    removeCalls(lines, caller, chain, rules);
    lines.add("-I " + caller + " 1 -j " + chain);
  }

  /** Two workers that begin at once may both have written one. */
  private static void removeCalls(
      List<String> lines, String caller, String chain, List<String> there) {
    String call = "-A " + caller + " -j " + chain;
    there.stream().filter(call::equals).forEach(copy -> lines.add("-D " + caller + " -j " + chain));
  }

  /** Takes all of it away; the arguments are as those of {@link #text}. */
  static String removal(Version version, List<String> input, List<String> forward) {
    List<String> lines = new ArrayList<>(List.of("*filter"));
    CHAINS.forEach(chain -> lines.add(":" + chain + " - [0:0]"));
    removeCalls(lines, "INPUT", INPUT, input);
    removeCalls(lines, version.forward, FORWARD, forward);
    CHAINS.forEach(chain -> lines.add("-X " + chain));
    lines.add("COMMIT");
    return String.join("\n", lines) + "\n";
  }
}
