package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * One pattern of a {@code .dockerignore}: {@code *}, {@code ?}, {@code [a-z]}, backslash escapes,
 * and {@code **} over any number of folders, or before a plain text over anything. Matching takes
 * time in proportion to pattern times path: a repository may bring patterns that a backtracking
 * matcher would never finish. Immutable.
 *
 * @see <a href="https://github.com/moby/patternmatcher/blob/main/patternmatcher.go">how builders
 *     read one: most they make a regular expression of Go's</a>
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
    /** Any characters. */
    ANY
  }

  private interface Characters {
    boolean has(int c);
  }

  private record Token(Kind kind, Characters characters) {}

  private final List<Token> tokens = new ArrayList<>();

  /** The pattern, if it is a plain path, as most are. */
  private final Optional<String> literal;

  /** To look for a longer text would not be a glance. */
  private static final int NEEDED_CHARS = 16;

  /** A text that stands in the pattern as it does in each path that matches. */
  private String needed = "";

  /**
   * @throws IllegalArgumentException for a character class that does not end or has no characters,
   *     for an escape of nothing, and for what is something else in a regular expression, into
   *     which builders copy it
   */
  GlobPattern(String pattern) {
    literal = has("*?[\\", pattern) ? Optional.empty() : Optional.of(pattern);
    int[] chars = pattern.codePoints().toArray();
    // of these builders make no expression, where a dot is anything but a line's end
    boolean suffix = pattern.startsWith("**") && !has("*?[]\\", pattern.substring(2));
    boolean prefix =
        pattern.endsWith("**") && !has("*?[]\\", pattern.substring(0, pattern.length() - 2));
    Characters any = c -> suffix || prefix || c != '\n';
    StringBuilder run = new StringBuilder();
    int i = 0;
    while (i < chars.length) {
      int c = chars[i++];
      if ("*?[".indexOf(c) >= 0) {
        endOf(run);
      }
      if (c == '*' && i < chars.length && chars[i] == '*') {
        i++;
        boolean folders = i < chars.length && chars[i] == '/';
        i += folders ? 1 : 0;
        if (i == chars.length || suffix && !folders) {
          tokens.add(new Token(Kind.ANY, any));
        } else {
          tokens.add(new Token(Kind.OPTIONAL, none -> false));
          tokens.add(new Token(Kind.FOLDERS, any));
        }
      } else if (c == '*') {
        tokens.add(new Token(Kind.STAR, other -> other != '/'));
      } else if (c == '?') {
        one(other -> other != '/');
      } else if (c == '[') {
        i = characterClass(chars, i, pattern);
      } else if (c == '^') {
        // to some builders a text's beginning
        throw differently(pattern);
      } else {
        int wanted = c == '\\' ? escaped(chars, i++, pattern) : c;
        one(other -> other == wanted);
        run.appendCodePoint(wanted);
      }
    }
    endOf(run);
  }

  private GlobPattern(Optional<String> literal) {
    this.literal = literal;
  }

  /** One that matches this path alone, whatever characters it has. */
  static GlobPattern ofPath(String path) {
    return new GlobPattern(Optional.of(path));
  }

  /** For a pattern that can be read, but not in one way alone. */
  static IllegalArgumentException differently(String pattern) {
    return new IllegalArgumentException(
        "builders read the pattern '" + pattern + "' differently; write it plainly");
  }

  private static IllegalArgumentException syntaxError(String pattern) {
    return new IllegalArgumentException("syntax error in pattern '" + pattern + "'");
  }

  private static boolean has(String characters, String pattern) {
    return pattern.chars().anyMatch(c -> characters.indexOf(c) >= 0);
  }

  private void endOf(StringBuilder run) {
    if (run.length() > needed.length()) {
      needed = run.substring(0, Math.min(run.length(), NEEDED_CHARS));
    }
    run.setLength(0);
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
      case STAR, ANY -> reach(next, t);
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
        case STAR, ANY -> t++;
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
      int low = member(chars, i, pattern);
      i += chars[i] == '\\' ? 2 : 1;
      int high = low;
      if (i < chars.length && chars[i] == '-') {
        i++;
        high = member(chars, i, pattern);
        i += chars[i] == '\\' ? 2 : 1;
      }
      if (high < low) {
        throw syntaxError(pattern);
      }
      ranges.add(new int[] {low, high});
    }
    if (i >= chars.length || ranges.isEmpty()) {
      throw syntaxError(pattern);
    }
    one(c -> not != ranges.stream().anyMatch(range -> range[0] <= c && c <= range[1]));
    return i + 1;
  }

  /** The character of a class at {@code i}. */
  private static int member(int[] chars, int i, String pattern) {
    if (i >= chars.length || chars[i] == ']' || chars[i] == '-') {
      throw syntaxError(pattern);
    }
    boolean named = chars[i] == '[' && i + 1 < chars.length && chars[i + 1] == ':';
    if (named || chars[i] == '*' || chars[i] == '?') {
      // [[:digit:]], and wildcards, which become expressions here too
      throw differently(pattern);
    }
    return chars[i] == '\\' ? escaped(chars, i + 1, pattern) : chars[i];
  }

  /**
   * The character behind a backslash; a letter or digit would be a class, a control or an error.
   */
  private static int escaped(int[] chars, int i, String pattern) {
    if (i >= chars.length) {
      throw syntaxError(pattern);
    }
    if (chars[i] >= 0x80 || Character.isLetterOrDigit(chars[i])) {
      throw differently(pattern);
    }
    return chars[i];
  }
}
