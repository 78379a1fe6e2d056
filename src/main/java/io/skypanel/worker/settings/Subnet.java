package io.skypanel.worker.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses.
 *
 * @param first its first address, as an unsigned 32-bit number
 * @param bits how many leading bits all have in common, 0 to 32
 */
public record Subnet(long first, int bits) {
  private static final int ADDRESS_BITS = 32;
  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

  /** Takes any address of the range for {@code first}. */
  public Subnet {
    if (bits < 0 || bits > ADDRESS_BITS || first < 0 || first >>> ADDRESS_BITS != 0) {
      throw new IllegalArgumentException(first + "/" + bits);
    }
    first &= -1L << (ADDRESS_BITS - bits);
  }

  /** Reads {@code 10.214.0.0/15}; IllegalArgumentException for anything else. */
  public static Subnet parse(String text) {
    Matcher cidr = CIDR.matcher(text);
    if (!cidr.matches()) {
      throw new IllegalArgumentException(text);
    }
    long address = 0;
    for (int part = 1; part <= 4; part++) {
      int number = Integer.parseInt(cidr.group(part));
      if (number > 255) {
        throw new IllegalArgumentException(text);
      }
      address = address << 8 | number;
    }
    return new Subnet(address, Integer.parseInt(cidr.group(5)));
  }

  /** How many addresses it has. */
  public long size() {
    return 1L << (ADDRESS_BITS - bits);
  }

  /** Whether any address is in both. */
  public boolean overlaps(Subnet other) {
    return first < other.first + other.size() && other.first < first + size();
  }

  @Override
  public String toString() {
    return (first >>> 24)
        + "."
        + (first >>> 16 & 255)
        + "."
        + (first >>> 8 & 255)
        + "."
        + (first & 255)
        + "/"
        + bits;
  }
}
