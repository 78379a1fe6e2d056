package io.skypanel.worker.image;

/**
 * Blanks and small letters as Go has them, in which the builders are written: where Java's differ,
 * an instruction could be one to them and none to this worker.
 */
final class GoText {
  private GoText() {}

  /** What {@code unicode.IsSpace} says. */
  static boolean isSpace(int c) {
    return switch (c) {
      case '\t',
          '\n',
          0x0b,
          '\f',
          '\r',
          ' ',
          0x85,
          0xa0,
          0x1680,
          0x2028,
          0x2029,
          0x202f,
          0x205f,
          0x3000 ->
          true;
      default -> c >= 0x2000 && c <= 0x200a;
    };
  }

  /** What {@code strings.TrimSpace} leaves. */
  static String trim(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return trimStart(text.substring(0, end));
  }

  /** The same at the start alone. */
  static String trimStart(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  /** What {@code strings.ToLower} gives: letter by letter, so that {@code İ} is an {@code i}. */
  static String lower(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    text.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    return lower.toString();
  }
}
