package io.skypanel.worker.image;

import io.skypanel.worker.job.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One instruction of a Dockerfile, its continued lines put together.
 *
 * @param line where it begins, from 1
 * @param end where it ends, without its here-documents
 * @param verb in small letters
 * @param rest what follows it, flags and all
 */
record Instruction(int line, int end, String verb, String rest) {
  private static final int MAX_ONBUILDS = 4;
  private static final Set<String> TAKE_HEREDOCS = Set.of("run", "copy", "add");
  private static final String BLANKS = "\t\u000b\f\r ";

  /** Splits a line as BuildKit's {@code splitCommand} does. */
  static Instruction of(int line, int end, String text) {
    String trimmed = GoText.trim(text);
    int at = 0;
    while (at < trimmed.length() && BLANKS.indexOf(trimmed.charAt(at)) < 0) {
      at++;
    }
    return new Instruction(
        line,
        end,
        GoText.lower(trimmed.substring(0, at)),
        trimmed.substring(at).replaceFirst("^[\t\u000b\f\r ]+", ""));
  }

  /** What an {@code ONBUILD} puts off, also one of another's, which builders refuse; else this. */
  Instruction inner() {
    Instruction inner = this;
    for (int i = 0; i < MAX_ONBUILDS && inner.verb.equals("onbuild"); i++) {
      inner = of(line, end, inner.rest);
    }
    return inner;
  }

  /** Verb and line, for the customer. */
  String where(String path) {
    return "%s in line %d of %s".formatted(Shown.of(verb.toUpperCase(Locale.ROOT)), line, path);
  }

  /** Whether here-documents may follow it: not behind more than one {@code ONBUILD}. */
  boolean takesHeredocs() {
    String taker = verb.equals("onbuild") ? of(line, end, rest).verb : verb;
    return TAKE_HEREDOCS.contains(taker);
  }

  /**
   * The flags that it begins with, as BuildKit's {@code extractBuilderFlags} takes them apart, and
   * behind them, as the last of the list, what follows.
   *
   * @throws UndecidedText for a character beyond ASCII, which the builder takes apart byte by byte
   */
  List<String> flagsAndRest() throws UndecidedText {
    List<String> flags = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < rest.length() && isSpace(rest.charAt(at))) {
        at++;
      }
      if (!rest.startsWith("--", at)) {
        flags.add(rest.substring(at));
        return flags;
      }
      StringBuilder word = new StringBuilder();
      at = word(at, word);
      if (word.toString().equals("--")) {
        flags.add(rest.substring(at));
        return flags;
      }
      flags.add(word.toString());
    }
  }

  private int word(int start, StringBuilder word) throws UndecidedText {
    int at = start;
    char quote = 0;
    while (at < rest.length() && (quote != 0 || !isSpace(rest.charAt(at)))) {
      char c = rest.charAt(at++);
      if (c == '\\' && at < rest.length()) {
        word.append(ascii(rest.charAt(at++)));
      } else if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c != '\\') {
        word.append(ascii(c));
      }
    }
    return at;
  }

  private static char ascii(char c) throws UndecidedText {
    if (c >= 0x80) {
      throw new UndecidedText("a character beyond ASCII in a flag");
    }
    return c;
  }

  private static boolean isSpace(char c) {
    return c < 0x80 && GoText.isSpace(c);
  }
}
