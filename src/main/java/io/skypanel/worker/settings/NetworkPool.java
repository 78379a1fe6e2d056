package io.skypanel.worker.settings;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the addresses of apps' networks come from. Written as the engine's own option {@code
 * default-address-pool} is.
 *
 * @param base all of them
 * @param size the leading bits of one network
 */
public record NetworkPool(Subnet base, int size) {
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
    Subnet base = Subnet.parse(parts.group(1));
    int size = Integer.parseInt(parts.group(2));
    if (base.bits() < LEAST || size < base.bits() || size > MOST) {
      throw new IllegalArgumentException(text);
    }
    return new NetworkPool(base, size);
  }

  /** The first subnet that overlaps none of {@code taken}; empty if the pool is full. Pure. */
  public Optional<Subnet> free(Collection<Subnet> taken) {
    List<Subnet> inside = taken.stream().filter(base::overlaps).toList();
    Subnet candidate = new Subnet(base.first(), size);
    while (base.overlaps(candidate)) {
      Subnet here = candidate;
      Optional<Subnet> inTheWay = inside.stream().filter(here::overlaps).findFirst();
      if (inTheWay.isEmpty()) {
        return Optional.of(here);
      }
      // past all of it at once: it may be larger than the whole pool
      Subnet last = inTheWay.get().size() > here.size() ? inTheWay.get() : here;
      long next = last.first() + last.size();
      if (next > base.first() + base.size() - here.size()) {
        return Optional.empty();
      }
      candidate = new Subnet(next, size);
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "base=" + base + ",size=" + size;
  }
}
