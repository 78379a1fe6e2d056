package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the arguments before a Dockerfile's first {@code FROM} stand for, which are those that count
 * in names of images. For one thread.
 */
final class GlobalArguments {
  /** What all values may have together: a file of a megabyte can ask for much more. */
  private static final int MAX_CHARS = 1 << 20;

  /** What some builders have by themselves, and others not. */
  private static final List<String> UNSURE =
      List.of("TARGETSTAGE", "TARGETVARIANT", "BUILDVARIANT", "TARGETOSVERSION", "BUILDOSVERSION");

  private final Map<String, String> given;
  private final char escape;
  private final boolean hides;
  private final Map<String, Optional<String>> values = new LinkedHashMap<>();
  private int chars;

  /**
   * @param given the build arguments that the builder gets
   * @param predefined what the builder knows by itself, such as {@code TARGETARCH}
   * @param escape the Dockerfile's escape character
   * @param hides whether an {@code ARG} without a default hides what is predefined, as it does for
   *     some builders
   */
  GlobalArguments(
      Map<String, String> given, Map<String, String> predefined, char escape, boolean hides) {
    this.given = given;
    this.escape = escape;
    this.hides = hides;
    predefined.forEach(
        (name, value) -> values.put(name, Optional.of(given.getOrDefault(name, value))));
    UNSURE.forEach(name -> values.putIfAbsent(name, Optional.ofNullable(given.get(name))));
  }

  /** Takes what follows an {@code ARG}. */
  void declare(String rest) {
    for (String word : parseWords(rest, escape)) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      Optional<String> value =
          given.containsKey(name)
              ? Optional.of(given.get(name))
              : equals >= 0
                  ? expanded(word.substring(equals + 1))
                  : hides || !values.containsKey(name) ? Optional.of("") : values.get(name);
      chars += value.map(String::length).orElse(0);
      values.put(name, chars > MAX_CHARS ? Optional.empty() : value);
    }
  }

  /** A word with the values filled in. */
  String expand(String word) throws UndecidedText {
    return WordExpansion.of(word, escape, values);
  }

  private Optional<String> expanded(String value) {
    try {
      return Optional.of(expand(value));
    } catch (UndecidedText e) {
      return Optional.empty();
    }
  }

  /**
   * Splits at blanks outside of quotations, which stay as they are, as BuildKit's function does.
   */
  static List<String> parseWords(String text, char escape) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int start = at;
      char quote = 0;
      while (at < text.length() && (quote != 0 || !GoText.isSpace(text.charAt(at)))) {
        char c = text.charAt(at++);
        if (c == escape && quote != '\'') {
          at = Math.min(at + 1, text.length());
        } else if (c == quote) {
          quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        }
      }
      if (at > start) {
        words.add(text.substring(start, at));
      }
      at++;
    }
    return words;
  }
}
