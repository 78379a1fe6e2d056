package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * One pattern of a {@code .dockerignore}: {@code *}, {@code ?}, {@code [a-z]}, backslash escapes,
 * and {@code **} over any number of folders. Matching takes time in proportion to pattern times
 * path: a repository may bring patterns that a backtracking matcher would never finish. Immutable.
 */
final class GlobPattern {
  private enum Kind {
    /** One of the characters of the token. */
    ONE,
    /** Any characters but slashes. */
    STAR,
    /** Nothing, or what {@link #FOLDERS} after it takes. */
    OPTIONAL,
    /** Any characters up to and with a slash. */
    FOLDERS,
    /** All that follows. */
    REST
  }

  private interface Characters {
    boolean has(int c);
  }

  private record Token(Kind kind, Characters characters) {}

  private final List<Token> tokens = new ArrayList<>();

  /** The pattern, if it is a plain path, as most are. */
  private final Optional<String> literal;

  /**
   * What follows {@code **}, if that is plain: builders look for it at the path's end, anywhere.
   */
  private final Optional<String> suffix;

  /** To look for a longer text would not be a glance. */
  private static final int NEEDED_CHARS = 16;

  /** A text that stands in the pattern as it does in each path that matches. */
  private String needed = "";

  /**
   * @throws IllegalArgumentException for a character class that does not end or has no characters,
   *     and for what builders, which make a regular expression of most patterns, hand on to it: a
   *     {@code ^} outside of a class, wildcards and {@code [:} in one, and escaped letters
   * @see <a href="https://github.com/moby/patternmatcher/blob/main/patternmatcher.go">how they
   *     do</a>
   */
  GlobPattern(String pattern) {
    literal = isPlain(pattern) ? Optional.of(pattern) : Optional.empty();
    suffix =
        pattern.startsWith("**") && isPlain(pattern.substring(2)) && pattern.indexOf(']') < 0
            ? Optional.of(pattern.substring(2))
            : Optional.empty();
    if (literal.isPresent() || suffix.isPresent()) {
      tokens.add(new Token(Kind.REST, any -> true));
      needed = cut(suffix.orElse(pattern).replaceFirst("^/", ""));
      return;
    }
    int[] chars = pattern.codePoints().toArray();
    StringBuilder run = new StringBuilder();
    int i = 0;
    while (i < chars.length) {
      int c = chars[i++];
      if ("*?[".indexOf(c) >= 0) {
        endOf(run);
      }
      if (c == '*' && i < chars.length && chars[i] == '*') {
        i++;
        if (i < chars.length && chars[i] == '/') {
          i++;
        }
        if (i == chars.length) {
          tokens.add(new Token(Kind.REST, any -> true));
        } else {
          tokens.add(new Token(Kind.OPTIONAL, any -> false));
          tokens.add(new Token(Kind.FOLDERS, any -> true));
        }
      } else if (c == '*') {
        tokens.add(new Token(Kind.STAR, other -> other != '/'));
      } else if (c == '?') {
        one(other -> other != '/');
      } else if (c == '[') {
        i = characterClass(chars, i, pattern);
      } else if (c == '^') {
        throw readDifferently(pattern);
      } else {
        int literal = c == '\\' && i < chars.length ? escaped(chars[i++], pattern) : c;
        one(other -> other == literal);
        run.appendCodePoint(literal);
      }
    }
    endOf(run);
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(c -> "*?[\\".indexOf(c) >= 0);
  }

  private static int escaped(int c, String pattern) {
    if (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') {
      throw readDifferently(pattern);
    }
    return c;
  }

  private static IllegalArgumentException readDifferently(String pattern) {
    return new IllegalArgumentException(
        "builders read the pattern '" + pattern + "' differently; write it plainly");
  }

  private void endOf(StringBuilder run) {
    if (run.length() > needed.length()) {
      needed = cut(run.toString());
    }
    run.setLength(0);
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), NEEDED_CHARS));
  }

  /** The path that it stands for, if that is one. */
  Optional<String> literal() {
    return literal;
  }

  /** How long {@link #matches} may take: so many steps for each character of the path. */
  int tokens() {
    return tokens.size();
  }

  /** Whether the path has what each that matches has: soon told, and seldom so. */
  boolean mayMatch(String path) {
    return path.contains(needed);
  }

  /** Whether the whole {@code path} matches. */
  boolean matches(String path) {
    if (literal.isPresent()) {
      return literal.get().equals(path);
    }
    if (suffix.isPresent()) {
      return path.endsWith(suffix.get()) || suffix.get().equals("/" + path);
    }
    BitSet now = new BitSet(tokens.size() + 1);
    reach(now, 0);
    int at = 0;
    while (at < path.length() && !now.isEmpty()) {
      int c = path.codePointAt(at);
      at += Character.charCount(c);
      BitSet next = new BitSet(tokens.size() + 1);
      for (int t = now.nextSetBit(0); t >= 0; t = now.nextSetBit(t + 1)) {
        step(t, c, next);
      }
      now = next;
    }
    return at == path.length() && now.get(tokens.size());
  }

  private void step(int t, int c, BitSet next) {
    if (t == tokens.size() || !tokens.get(t).characters().has(c)) {
      return;
    }
    switch (tokens.get(t).kind()) {
      case ONE -> reach(next, t + 1);
      case STAR, REST -> reach(next, t);
      case FOLDERS -> {
        reach(next, t);
        if (c == '/') {
          reach(next, t + 1);
        }
      }
      case OPTIONAL -> {}
    }
  }

  /** Marks the token and those that are reached from it without a character. */
  private void reach(BitSet states, int start) {
    int t = start;
    while (!states.get(t)) {
      states.set(t);
      Kind kind = t < tokens.size() ? tokens.get(t).kind() : Kind.ONE;
      switch (kind) {
        case STAR, REST -> t++;
        case OPTIONAL -> {
          states.set(t + 1);
          t += 2;
        }
        case ONE, FOLDERS -> {
          return;
        }
      }
    }
  }

  private void one(Characters characters) {
    tokens.add(new Token(Kind.ONE, characters));
  }

  /** Reads what follows the bracket; gives where the pattern goes on. */
  private int characterClass(int[] chars, int start, String pattern) {
    int i = start;
    boolean not = i < chars.length && chars[i] == '^';
    if (not) {
      i++;
    }
    List<int[]> ranges = new ArrayList<>();
    while (i < chars.length && (chars[i] != ']' || ranges.isEmpty())) {
      if (chars[i] == ']' || chars[i] == '-') {
        break;
      }
      i = afterMember(chars, i, pattern);
      int low = chars[i - 1];
      if (i + 1 < chars.length && chars[i] == '-') {
        i = afterMember(chars, i + 1, pattern);
      }
      ranges.add(new int[] {low, chars[i - 1]});
    }
    if (i >= chars.length || chars[i] != ']' || ranges.isEmpty()) {
      throw new IllegalArgumentException("syntax error in pattern '" + pattern + "'");
    }
    one(c -> not != ranges.stream().anyMatch(range -> range[0] <= c && c <= range[1]));
    return i + 1;
  }

  /** Where the class goes on behind the character, perhaps an escaped one, at {@code i}. */
  private static int afterMember(int[] chars, int i, String pattern) {
    if (chars[i] == '\\' && i + 1 < chars.length) {
      escaped(chars[i + 1], pattern);
      return i + 2;
    }
    boolean named = chars[i] == '[' && i + 1 < chars.length && chars[i + 1] == ':';
    if (named || chars[i] == '*' || chars[i] == '?') {
      throw readDifferently(pattern);
    }
    return i + 1;
  }
}
