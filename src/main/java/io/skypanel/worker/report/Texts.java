package io.skypanel.worker.report;

/** Texts as the panel's database can store them. */
final class Texts {
  private Texts() {}

  /**
   * Without NUL characters (PostgreSQL refuses them, and the panel answers 404) and without lone
   * surrogates (which are no valid UTF-8); colours and other terminal controls go too.
   */
  static String storable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\u001b') {
        i = endOfEscape(text, i);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        clean.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        clean.append('\ufffd');
      } else if (c >= ' ' || c == '\t' || c == '\n') {
        clean.append(c);
      }
    }
    return clean.toString();
  }

  /** The last character of a control sequence such as {@code ESC [ 3 1 m}. */
  private static int endOfEscape(String text, int escape) {
    int i = escape + 1;
    if (i < text.length() && text.charAt(i) == '[') {
      i++;
      while (i < text.length() && (text.charAt(i) < '@' || text.charAt(i) > '~')) {
        i++;
      }
    }
    return Math.min(i, text.length() - 1);
  }
}
