package io.skypanel.worker.redact;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What may look random and is shown: digests, addresses, dates, algorithms; and names with a hash
 * in them.
 */
final class ReadableNames {
  /** In hexadecimal digits, or base64 as package managers have it. */
  static final Pattern DIGEST =
      Pattern.compile("sha(?:1|256|384|512)[:-](?:[0-9A-Fa-f]{40,128}|[A-Za-z0-9+/]{27,86}={0,2})");

  private static final Pattern ADDRESS =
      Pattern.compile("(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]*(?:%[A-Za-z0-9]+)?");

  private static final Pattern DATE =
      Pattern.compile("[0-9]{4}-?[0-9]{2}-?[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?");

  /** Such as PBKDF2WithHmacSHA256. */
  private static final Pattern ALGORITHM =
      Pattern.compile("[A-Za-z0-9/-]+[wW]ith(?:Hmac)?SHA[A-Za-z0-9/-]+");

  /** A host's name has 253 characters at most, a file's 255. */
  private static final int LONGEST = 255;

  private static final Pattern NAME = Pattern.compile("[\\w.:/+~@^-]+");
  private static final Pattern FILE_OR_HOST = Pattern.compile(".*\\.[a-z]{2,}[0-9]?");
  private static final Pattern AT_A_HOST =
      Pattern.compile("(?:[a-z0-9-]+\\.)+[a-z]{2,}(?::[0-9]+)?(?:/.*)?");
  private static final Pattern IMAGE =
      Pattern.compile("[a-z0-9._-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+:[\\w.-]+");
  private static final Pattern VERSION =
      Pattern.compile("(?<![A-Za-z0-9])v?[0-9]++\\.[0-9]++(?![A-Za-z0-9])");

  private ReadableNames() {}

  /** Of which no part is secret either. */
  static boolean isPlain(String text) {
    return Stream.of(DIGEST, ADDRESS, DATE, ALGORITHM).anyMatch(p -> p.matcher(text).matches());
  }

  /** The name of a host, a file or an image, or one with a version, in which a hash may stand. */
  static boolean mayHoldHash(String text) {
    return text.length() <= LONGEST
        && NAME.matcher(text).matches()
        && (VERSION.matcher(text).find()
            || Stream.of(FILE_OR_HOST, AT_A_HOST, IMAGE).anyMatch(n -> n.matcher(text).matches()));
  }
}
