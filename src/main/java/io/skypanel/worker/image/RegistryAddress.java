package io.skypanel.worker.image;

import io.skypanel.worker.egress.EgressRules;
import io.skypanel.worker.settings.IpNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry that an image's name gives by its address, in any form that a resolver takes for one:
 * four numbers or fewer, decimal, octal or hexadecimal, as {@code inet_aton} reads them, or IPv6 in
 * brackets. Nothing is looked up.
 */
final class RegistryAddress {
  private static final EgressRules RULES =
      new EgressRules(Set.of(), List.of(), IpNetwork.METADATA, Set.of());

  private static final Pattern IPV6 = Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45})(?:%[^]]*)?].*");
  private static final Pattern NUMBER =
      Pattern.compile(
          "0[xX]0*(?<hex>[0-9a-fA-F]{0,8})|0+(?<octal>[0-7]{1,11})|0*(?<plain>\\d{1,10})");

  private RegistryAddress() {}

  /** Whether the engine would ask a machine's neighbours, or its cloud for credentials. */
  static boolean isRefused(String image) {
    return of(image).filter(RULES::denies).isPresent();
  }

  /** The address, if it is one. */
  static Optional<InetAddress> of(String image) {
    int slash = image.indexOf('/');
    String registry = slash < 0 ? "" : image.substring(0, slash);
    Matcher ipv6 = IPV6.matcher(registry);
    try {
      return ipv6.matches()
          ? Optional.of(InetAddress.getByName(ipv6.group(1) + "]"))
          : ipv4(registry.replaceFirst(":\\d*$", ""));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static Optional<InetAddress> ipv4(String host) throws UnknownHostException {
    String[] parts = host.split("\\.", -1);
    long address = 0;
    for (int i = 0; i < parts.length; i++) {
      Matcher number = NUMBER.matcher(parts[i]);
      if (parts.length > 4 || !number.matches()) {
        return Optional.empty();
      }
      // the last one fills all that is left
      int bytes = i == parts.length - 1 ? 4 - i : 1;
      long value = value(number);
      if (value >> 8 * bytes != 0) {
        return Optional.empty();
      }
      address = address << 8 * bytes | value;
    }
    return Optional.of(
        InetAddress.getByAddress(
            new byte[] {
              (byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address
            }));
  }

  private static long value(Matcher number) {
    if (number.group("hex") != null) {
      return Long.parseLong("0" + number.group("hex"), 16);
    }
    return number.group("octal") != null
        ? Long.parseLong(number.group("octal"), 8)
        : Long.parseLong(number.group("plain"));
  }
}
