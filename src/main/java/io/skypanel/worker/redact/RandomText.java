package io.skypanel.worker.redact;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tells what looks random by how often its characters change between capitals, small letters and
 * digits: in hex every second does, in base64 two of five, in names and versions few. Words begin
 * with a capital, so neither {@code Ab} nor {@code aBc} is a change. Letters alone of one case are
 * taken for words.
 */
final class RandomText {
  private static final int SHORTEST = 16;
  private static final int LEAST_CHANGES = 4;

  /** One of so many characters must be a change. */
  private static final int CHARS_PER_CHANGE = 5;

  /** Enough in what is long, and of letters of either case and digits, without a word's end. */
  private static final int CHARS_PER_CHANGE_IF_MIXED = 10;

  private static final Pattern MIXED =
      Pattern.compile("(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+/]{32,}={0,2}");

  private static final Pattern SEPARATORS = Pattern.compile("[\\s\"'<>(){}\\[\\],;&?=@|\\\\`]+");
  private static final Pattern PATH_SEPARATORS = Pattern.compile("[/:.]+");

  /** In hexadecimal digits, or base64 as package managers have it. */
  static final Pattern DIGEST =
      Pattern.compile("sha(?:1|256|384|512)[:-](?:[0-9A-Fa-f]{40,128}|[A-Za-z0-9+/]{27,86}={0,2})");

  private static final Pattern ADDRESS = Pattern.compile("([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]*");

  private RandomText() {}

  /** What looks random in a value: between spaces, quotes and the like, and in parts of a path. */
  static List<String> in(String value) {
    List<String> found = new ArrayList<>();
    String whole = value.strip();
    if (isToken(whole) && isRandom(whole)) {
      found.add(whole);
      return found;
    }
    for (String part : SEPARATORS.split(value)) {
      if (isPath(part)) {
        PATH_SEPARATORS.splitAsStream(part).filter(RandomText::isRandom).forEach(found::add);
      } else if (isRandom(part)) {
        found.add(part);
      }
    }
    return found;
  }

  /** Neither text nor path, so that what separates parts may be part of a password. */
  private static boolean isToken(String value) {
    return value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '@' || c == '=')
            && !isPath(value)
        || value.matches("[A-Za-z0-9+/_-]+={0,2}") && !isPath(value);
  }

  private static boolean isPath(String text) {
    return text.startsWith("/") || text.startsWith("./") || text.contains("://");
  }

  static boolean isRandom(String text) {
    int length = text.length();
    if (length < SHORTEST || DIGEST.matcher(text).matches() || ADDRESS.matcher(text).matches()) {
      return false;
    }
    int changes = 0;
    for (int i = 1; i < length; i++) {
      char next = i + 1 < length ? text.charAt(i + 1) : ' ';
      changes += isChange(text.charAt(i - 1), text.charAt(i), next) ? 1 : 0;
    }
    int charsPerChange =
        MIXED.matcher(text).matches() ? CHARS_PER_CHANGE_IF_MIXED : CHARS_PER_CHANGE;
    return changes >= LEAST_CHANGES && changes * charsPerChange >= length - 1;
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

  private enum Kind {
    CAPITAL,
    SMALL,
    DIGIT,
    SYMBOL,
    SEPARATOR;

    static Kind of(char c) {
      if (c >= 'a' && c <= 'z') {
        return SMALL;
      }
      if (c >= 'A' && c <= 'Z') {
        return CAPITAL;
      }
      if (c >= '0' && c <= '9') {
        return DIGIT;
      }
      return "-_./: ,".indexOf(c) >= 0 ? SEPARATOR : SYMBOL;
    }
  }
}
