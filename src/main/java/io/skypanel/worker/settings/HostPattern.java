package io.skypanel.worker.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Hosts by name: one name or address, {@code *.example.com} for all names below one, or {@code *}
 * for all.
 *
 * @param text in lower case, without the brackets of an IPv6 address
 */
public record HostPattern(String text) {
  private static final Pattern VALID =
      Pattern.compile("\\*|(\\*\\.)?[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?|[0-9a-f:.]*:[0-9a-f:.]*");

  public HostPattern {
    if (!VALID.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
  }

  /** Reads a pattern as an operator writes it. */
  static HostPattern parse(String text) {
    return new HostPattern(normal(text));
  }

  /** Whether it covers {@code host}, a name or an address in any case. */
  public boolean matches(String host) {
    String name = normal(host);
    return text.equals("*")
        || text.equals(name)
        || text.startsWith("*.") && name.endsWith(text.substring(1));
  }

  /** A dot at the end names the same host, and would slip past a list of names. */
  private static String normal(String host) {
    return host.strip()
        .toLowerCase(Locale.ROOT)
        .replaceFirst("\\.$", "")
        .replaceFirst("^\\[(.*)]$", "$1");
  }

  @Override
  public String toString() {
    return text;
  }
}
