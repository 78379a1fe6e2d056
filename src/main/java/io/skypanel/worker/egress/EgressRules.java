package io.skypanel.worker.egress;

import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.HostPattern;
import io.skypanel.worker.settings.IpNetwork;
import io.skypanel.worker.settings.Setting;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What may be fetched from where. Immutable. Each method gives the refusal, for people, or nothing.
 *
 * @param protocols by what
 * @param hosts by name
 * @param denied never by these addresses
 * @param ownPorts never by these ports of this machine: the worker's, and of what it steers
 */
public record EgressRules(
    Set<GitProtocol> protocols,
    List<HostPattern> hosts,
    List<IpNetwork> denied,
    Set<Integer> ownPorts) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,255}");

  /** As the operator set them. */
  public static EgressRules of(GitSettings settings, Set<Integer> ownPorts) {
    return new EgressRules(
        settings.protocols(), settings.hosts(), settings.deniedAddresses(), ownPorts);
  }

  /** Checks what can be told from an address, before a name is resolved. */
  public Optional<String> refuse(GitProtocol protocol, String host) {
    if (!protocols.contains(protocol)) {
      return Optional.of(
          "%s is not fetched from by %s; this worker's %s has %s"
              .formatted(
                  shown(host),
                  protocol.scheme(),
                  Setting.GIT_ALLOWED_PROTOCOLS,
                  protocols.stream()
                      .map(GitProtocol::scheme)
                      .sorted()
                      .collect(Collectors.joining(", "))));
    }
    if (!NAME.matcher(host).matches()) {
      return Optional.of("'" + shown(host) + "' is no name of a host");
    }
    if (hosts.stream().noneMatch(pattern -> pattern.matches(host))) {
      return Optional.of(
          "The host %s is not one that this worker fetches from; its operator can add it to %s"
              .formatted(shown(host), Setting.GIT_ALLOWED_HOSTS));
    }
    return Optional.empty();
  }

  /** Checks what a name was resolved to, for a port of it. */
  Optional<String> refuse(String host, List<InetAddress> addresses, int port) {
    if (ownPorts.contains(port) && addresses.stream().anyMatch(EgressRules::isOfThisMachine)) {
      return Optional.of(
          "%s:%d is never fetched from: it is a port of this worker's, or of what it steers"
              .formatted(shown(host), port));
    }
    return addresses.stream()
        .filter(this::denies)
        .findFirst()
        .map(
            address ->
                "%s is never fetched from: %s is link-local, of a metadata service, or one of %s"
                    .formatted(
                        shown(host), address.getHostAddress(), Setting.GIT_DENIED_ADDRESSES));
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(address) != null
          || embedded(address).filter(EgressRules::isOfThisMachine).isPresent();
    } catch (SocketException e) {
      return true;
    }
  }

  /** Whether it is one of the addresses, by itself or within one of IPv6. */
  public boolean denies(InetAddress address) {
    return denied.stream().anyMatch(network -> network.contains(address))
        || embedded(address).filter(this::denies).isPresent();
  }

  /**
   * The IPv4 address that an IPv6 one leads to: NAT64 (RFC 6052), 6to4 (RFC 3056), translated (RFC
   * 2765), and the mapped and old compatible forms. Java makes an IPv4 address of a mapped one
   * where it reads a text, but not where a name is resolved to one.
   */
  private static Optional<InetAddress> embedded(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16) {
      return Optional.empty();
    }
    boolean nat64 = startsWith(bytes, 0x00, 0x64, 0xff, 0x9b);
    boolean compatible =
        startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) && !address.isLoopbackAddress();
    boolean mapped = startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
    boolean translated = startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0);
    boolean atEnd = nat64 || mapped || translated || compatible;
    int at = startsWith(bytes, 0x20, 0x02) ? 2 : atEnd ? 12 : -1;
    try {
      return at < 0
          ? Optional.empty()
          : Optional.of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four bytes are an address
    }
  }

  private static boolean startsWith(byte[] bytes, int... start) {
    for (int i = 0; i < start.length; i++) {
      if ((bytes[i] & 0xff) != start[i]) {
        return false;
      }
    }
    return true;
  }

  /** The name may be anybody's: it is bounded, and can't forge lines. */
  private static String shown(String host) {
    String text = host.replaceAll("[^\\p{Graph}]", "?");
    return text.length() > 255 ? text.substring(0, 255) : text;
  }
}
