package io.skypanel.worker.image;

/** What a repository says, fit for a message: on one line, and not long. */
final class Shown {
  private static final int CHARS = 200;

  private Shown() {}

  /** The text, without control characters, cut where it is long. */
  static String of(String text) {
    String start = text.length() <= CHARS ? text : text.substring(0, CHARS) + "…";
    return start.replaceAll("\\p{Cntrl}", "?");
  }
}
