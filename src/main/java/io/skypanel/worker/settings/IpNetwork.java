package io.skypanel.worker.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * A range of IPv4 or IPv6 addresses.
 *
 * @param address the first of them
 * @param bits how many leading bits they share
 */
public record IpNetwork(InetAddress address, int bits) {
  public IpNetwork {
    if (bits < 0 || bits > address.getAddress().length * 8) {
      throw new IllegalArgumentException(address.getHostAddress() + "/" + bits);
    }
  }

  /** Reads {@code 10.0.0.0/8}, or a single address. */
  static IpNetwork parse(String text) {
    int slash = text.indexOf('/');
    String address = (slash < 0 ? text : text.substring(0, slash)).strip();
    if (!Machine.isIpAddress(address)) {
      throw new IllegalArgumentException(text);
    }
    InetAddress first = literal(address);
    return new IpNetwork(
        first,
        slash < 0
            ? first.getAddress().length * 8
            : Integer.parseInt(text.substring(slash + 1).strip()));
  }

  /** Several of them, as constants of the code. */
  static List<IpNetwork> all(String... networks) {
    return List.of(networks).stream().map(IpNetwork::parse).toList();
  }

  /** Whether {@code other} lies in it; an address of the other kind does not. */
  public boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] its = other.getAddress();
    if (mine.length != its.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((mine[bit / 8] & mask) != (its[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + bits;
  }
}
