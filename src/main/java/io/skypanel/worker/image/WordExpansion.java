package io.skypanel.worker.image;

import java.util.Map;
import java.util.Optional;

/**
 * Fills build arguments into a word, as the builders do it: quotes, escapes, {@code $NAME}, {@code
 * ${NAME}} and its forms with a default. What not every version reads alike is not decided. For one
 * word and thread.
 */
final class WordExpansion {
  private static final int MAX_DEPTH = 20;

  /** No name of an image is longer; and what doubles with each argument must end somewhere. */
  static final int MAX_CHARS = 4096;

  private final String word;
  private final char escape;
  private final Map<String, Optional<String>> values;
  private int at;

  private WordExpansion(String word, char escape, Map<String, Optional<String>> values) {
    this.word = word;
    this.escape = escape;
    this.values = values;
  }

  /**
   * The word, filled in.
   *
   * @param escape the Dockerfile's escape character
   * @param values what the names stand for; empty: nobody can tell. A name that is missing is unset
   */
  static String of(String word, char escape, Map<String, Optional<String>> values)
      throws UndecidedText {
    WordExpansion expansion = new WordExpansion(word, escape, values);
    StringBuilder out = new StringBuilder();
    expansion.until(false, out, 0);
    return out.toString();
  }

  private void until(boolean brace, StringBuilder out, int depth) throws UndecidedText {
    if (depth > MAX_DEPTH) {
      throw undecided("arguments nested more than " + MAX_DEPTH + " deep");
    }
    while (at < word.length()) {
      char c = word.charAt(at++);
      if (brace && c == '}') {
        return;
      }
      if (c == escape) {
        if (at < word.length()) {
          out.append(word.charAt(at++));
        }
      } else if (c == '\'') {
        int end = word.indexOf('\'', at);
        if (end < 0) {
          throw undecided("a quotation that does not end");
        }
        out.append(word, at, end);
        at = end + 1;
      } else if (c == '"') {
        quoted(out, depth);
      } else if (c == '$') {
        dollar(out, depth);
      } else {
        out.append(c);
      }
      if (out.length() > MAX_CHARS) {
        throw undecided("a value of more than " + MAX_CHARS + " characters");
      }
    }
    if (brace) {
      throw undecided("a brace that is not closed");
    }
  }

  private void quoted(StringBuilder out, int depth) throws UndecidedText {
    while (at < word.length()) {
      char c = word.charAt(at++);
      if (c == '"') {
        return;
      }
      if (c == '$') {
        dollar(out, depth);
      } else if (c == escape && at < word.length()) {
        char escaped = word.charAt(at);
        if (escaped == '"' || escaped == '$' || escaped == escape) {
          at++;
          out.append(escaped);
        } else {
          out.append(c);
        }
      } else if (c != escape) {
        out.append(c);
      }
      if (out.length() > MAX_CHARS) {
        throw undecided("a value of more than " + MAX_CHARS + " characters");
      }
    }
    throw undecided("a quotation that does not end");
  }

  private void dollar(StringBuilder out, int depth) throws UndecidedText {
    boolean brace = at < word.length() && word.charAt(at) == '{';
    if (brace) {
      at++;
    }
    String name = name();
    if (!brace) {
      out.append(value(name).orElse(""));
      return;
    }
    char form = at < word.length() ? word.charAt(at++) : 0;
    boolean emptyIsUnset = form == ':';
    if (emptyIsUnset) {
      form = at < word.length() ? word.charAt(at++) : 0;
    } else if (form == '}') {
      out.append(value(name).orElse(""));
      return;
    }
    if (form != '-' && form != '+') {
      throw undecided("${" + name + "…}, which is neither plain nor has a default (:-, :+)");
    }
    // what is not taken must be read as well, to know where it ends
    StringBuilder other = new StringBuilder();
    until(true, other, depth + 1);
    Optional<String> value = value(name);
    if (!emptyIsUnset && value.filter(String::isEmpty).isPresent()) {
      throw undecided("${" + name + form + "…} of an argument without a value; write :" + form);
    }
    boolean set = value.filter(v -> !v.isEmpty()).isPresent();
    out.append(form == '+' ? (set ? other : "") : set ? value.get() : other);
  }

  private String name() throws UndecidedText {
    int start = at;
    while (at < word.length() && isNamePart(word.charAt(at))) {
      at++;
    }
    if (start == at
        || Character.isDigit(word.charAt(start))
        || at < word.length() && word.charAt(at) >= 0x80) {
      throw undecided("a dollar sign that no name follows");
    }
    return word.substring(start, at);
  }

  private Optional<String> value(String name) throws UndecidedText {
    if (!values.containsKey(name)) {
      return Optional.empty();
    }
    if (values.get(name).isEmpty()) {
      throw undecided("the value of " + name);
    }
    return values.get(name);
  }

  private static boolean isNamePart(char c) {
    return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static UndecidedText undecided(String what) {
    return new UndecidedText(what);
  }
}
