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

  private Shown() {}

  /** The text, without what can't be seen, cut where it is long. */
  public static String of(String text) {
    String start = text.length() <= CHARS ? text : text.substring(0, CHARS) + "…";
    return UNSEEN.matcher(start).replaceAll("?");
  }
}
