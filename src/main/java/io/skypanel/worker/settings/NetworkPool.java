package io.skypanel.worker.settings;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the addresses of apps' networks come from. Written as the engine's own option {@code
 * default-address-pool} is.
 *
 * @param base all of them, IPv4
 * @param size the leading bits of one network
 */
public record NetworkPool(IpNetwork base, int size) {
  /** What is written when nothing is set: 2048 networks of 61 containers. */
  static final NetworkPool DEFAULT = parse("base=10.214.0.0/15,size=26");

  private static final int LEAST = 8;

  /** A network has an address of its own, one for broadcasts, and one for the host. */
  private static final int MOST = 29;

  /** Reads {@code base=10.214.0.0/15,size=26}; IllegalArgumentException for anything else. */
  static NetworkPool parse(String text) {
    Matcher parts = Pattern.compile("base=([0-9./]+),\\s*size=(\\d{1,2})").matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(text);
    }
    IpNetwork base = IpNetwork.parse(parts.group(1));
    int size = Integer.parseInt(parts.group(2));
    if (base.bits() < LEAST || size < base.bits() || size > MOST) {
      throw new IllegalArgumentException(text);
    }
    return new NetworkPool(base, size);
  }

  /** The first subnet that overlaps none of {@code taken}; empty if the pool is full. Pure. */
  public Optional<IpNetwork> free(Collection<IpNetwork> taken) {
    long length = 1L << (Integer.SIZE - size);
    List<IpNetwork> inTheWay =
        taken.stream()
            .filter(base::overlaps)
            .sorted(Comparator.comparingLong(NetworkPool::first))
            .toList();
    long next = first(base);
    for (IpNetwork network : inTheWay) {
      if (next + length <= first(network)) {
        break;
      }
      long pieces = (end(network) + length - 1) / length;
      next = Math.max(next, pieces * length);
    }
    return next + length <= end(base)
        ? Optional.of(IpNetwork.ofIpv4((int) next, size))
        : Optional.empty();
  }

  private static long first(IpNetwork ipv4) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(ipv4.address().getAddress()).getInt());
  }

  private static long end(IpNetwork ipv4) {
    return first(ipv4) + (1L << (Integer.SIZE - ipv4.bits()));
  }

  @Override
  public String toString() {
    return "base=" + base + ",size=" + size;
  }
}
