package io.skypanel.worker.redact;

/** Counts where a text changes between kinds of characters. */
final class Changes {
  private enum Kind {
    CAPITAL,
    SMALL,
    DIGIT,
    SYMBOL,
    SEPARATOR;

    static Kind of(char c) {
      if (Character.isUpperCase(c)) {
        return CAPITAL;
      }
      if (Character.isLetter(c)) {
        return SMALL;
      }
      if (Character.isDigit(c)) {
        return DIGIT;
      }
      return "-_./: ,".indexOf(c) >= 0 ? SEPARATOR : SYMBOL;
    }
  }

  private Changes() {}

  static int in(String text) {
    int changes = 0;
    for (int i = 1; i < text.length(); i++) {
      char next = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      changes += isChange(text.charAt(i - 1), text.charAt(i), next) ? 1 : 0;
    }
    return changes;
  }

  /** How many there could be: what joins the parts of a token can't be one. */
  static int places(String text) {
    return (int) text.chars().filter(c -> "-_.:".indexOf(c) < 0).count() - 1;
  }

  private static boolean isChange(char a, char b, char next) {
    Kind first = Kind.of(a);
    Kind second = Kind.of(b);
    boolean beginsWord = second == Kind.CAPITAL && Kind.of(next) == Kind.SMALL;
    return first != second
        && !(first == Kind.SMALL && beginsWord)
        && first != Kind.SEPARATOR
        && second != Kind.SEPARATOR
        && !(first == Kind.CAPITAL && second == Kind.SMALL);
  }
}
