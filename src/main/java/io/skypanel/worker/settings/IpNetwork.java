package io.skypanel.worker.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A range of IPv4 or IPv6 addresses.
 *
 * @param address the first of them; the constructor takes any
 * @param bits how many leading bits they share
 */
public record IpNetwork(InetAddress address, int bits) {
  /**
   * Where clouds' machines find their own credentials: link-local addresses, among them the service
   * of AWS, Azure and GCP (169.254.169.254), and others of AWS (fd00:ec2::254), GCP (fd20:ce::254),
   * Scaleway (fd00:42::42), Alibaba (100.100.100.200), Oracle (192.0.0.192) and Azure's host
   * (168.63.129.16).
   */
  public static final List<IpNetwork> METADATA =
      all(
          "169.254.0.0/16",
          "fe80::/10",
          "fd00:ec2::/32",
          "fd20:ce::254",
          "fd00:42::42",
          "100.100.100.200",
          "192.0.0.192",
          "168.63.129.16");

  public IpNetwork {
    if (bits < 0 || bits > address.getAddress().length * 8) {
      throw new IllegalArgumentException(address.getHostAddress() + "/" + bits);
    }
    byte[] first = address.getAddress();
    for (int bit = bits; bit < first.length * 8; bit++) {
      first[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    address = of(first);
  }

  /** A range of IPv4 addresses by the number that is its first one. */
  public static IpNetwork ofIpv4(int address, int bits) {
    return new IpNetwork(of(ByteBuffer.allocate(Integer.BYTES).putInt(address).array()), bits);
  }

  /** Reads {@code 10.0.0.0/8}, or a single address; IllegalArgumentException for anything else. */
  public static IpNetwork parse(String text) {
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

  /** Whether any address is in both. */
  public boolean overlaps(IpNetwork other) {
    return bits <= other.bits ? contains(other.address) : other.contains(address);
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

  private static InetAddress of(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address keeps its length", e);
    }
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
