package io.skypanel.worker.settings;

/**
 * Host ports that apps are published on.
 *
 * @param first the lowest
 * @param last the highest, included
 */
public record PortRange(int first, int last) {
  public PortRange {
    if (first < 1 || last > 65535 || first > last) {
      throw new IllegalArgumentException(first + "-" + last);
    }
  }

  /** Reads {@code first-last}. */
  static PortRange parse(String text) {
    String[] ends = text.split("-", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException(text);
    }
    return new PortRange(Integer.parseInt(ends[0].strip()), Integer.parseInt(ends[1].strip()));
  }

  /** Whether {@code port} lies in the range. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }

  /** How many ports there are. */
  public int size() {
    return last - first + 1;
  }
}
