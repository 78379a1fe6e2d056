package io.skypanel.worker.job;

import java.util.regex.Pattern;

/**
 * What others say (a job, a repository, the panel), fit for a message: on one line, and not long.
 */
public final class Shown {
  /** Controls would forge lines of a log, and overrides of direction turn them around. */
  private static final Pattern UNSEEN =
      Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");

  private static final int CHARS = 200;

  /** What stands before the last {@code @}; behind that of an image's digest stands no host. */
  private static final Pattern MAYBE_LOGIN = Pattern.compile("(?s)^(\\w+://)?.*@(?!sha256:)");

  private Shown() {}

  /**
   * What may be an address without what may be a login: {@code ****} in the place of all up to the
   * last {@code @} but the scheme. A password may have any character in it, though it should not.
   */
  public static String withoutLogin(String address) {
    return MAYBE_LOGIN.matcher(address).replaceFirst("$1****@");
  }

  /** The text, without what can't be seen, cut where it is long. */
  public static String of(String text) {
    return onOneLine(text.length() <= CHARS ? text : text.substring(0, CHARS) + "…");
  }

  /** The whole text, without what can't be seen. */
  public static String onOneLine(String text) {
    return UNSEEN.matcher(text).replaceAll("?");
  }

  static boolean isSeen(String text) {
    return !UNSEEN.matcher(text).find();
  }
}
