package io.skypanel.worker.image;

import io.skypanel.worker.job.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One instruction of a Dockerfile, its continued lines put together.
 *
 * @param line where it begins, from 1
 * @param end where it ends, without its here-documents
 * @param verb in small letters
 * @param rest what follows it, flags and all
 * @param body the here-documents in which the builder fills variables in; those of a {@code RUN},
 *     which are its shell's, are not among them
 */
record Instruction(int line, int end, String verb, String rest, String body) {
  private static final int MAX_ONBUILDS = 4;
  private static final Set<String> TAKE_HEREDOCS = Set.of("run", "copy", "add");

  /** Between words, as {@code reWhitespace} has it. */
  static final Pattern BLANKS = Pattern.compile("[\t\u000b\f\r ]+");

  /** A byte that is no UTF-8. */
  private static final char BROKEN = '\ufffd';

  /** Splits a line as BuildKit's {@code splitCommand} does. */
  static Instruction of(int line, int end, String text) {
    String[] words = BLANKS.split(GoText.trim(text), 2);
    return new Instruction(line, end, GoText.lower(words[0]), words.length > 1 ? words[1] : "", "");
  }

  /** The same with the here-documents that belong to it. */
  Instruction withBody(String text) {
    return new Instruction(line, end, verb, rest, text);
  }

  /** What an {@code ONBUILD} puts off, also one of another's, which builders refuse; else this. */
  Instruction inner() {
    Instruction inner = this;
    for (int i = 0; i < MAX_ONBUILDS && inner.verb.equals("onbuild"); i++) {
      inner = inner.putOff();
    }
    return inner;
  }

  private Instruction putOff() {
    return of(line, end, rest).withBody(body);
  }

  /** Verb and line, for the customer. */
  String where(String path) {
    return "%s in line %d of %s".formatted(Shown.of(verb.toUpperCase(Locale.ROOT)), line, path);
  }

  /**
   * That which here-documents may follow, itself or what it puts off, but not behind more than one
   * {@code ONBUILD}.
   *
   * @throws UndecidedText if an {@code ONBUILD} has flags: builders look for what it puts off
   *     behind them, but keep it with them
   */
  Optional<Instruction> heredocTaker() throws UndecidedText {
    boolean putsOff = verb.equals("onbuild");
    if (putsOff && !rest.isEmpty() && (rest.startsWith("--") || rest.charAt(0) == BROKEN)) {
      throw new UndecidedText("no instruction behind it");
    }
    Instruction taker = putsOff ? putOff() : this;
    return Optional.of(taker).filter(i -> TAKE_HEREDOCS.contains(i.verb));
  }

  /**
   * The flags that it begins with, as BuildKit's {@code extractBuilderFlags} takes them apart, and
   * behind them, as the last of the list, what follows.
   *
   * @param escape the Dockerfile's escape character
   * @throws UndecidedText for a character beyond ASCII, which the builder takes apart byte by byte,
   *     some of them for blanks; and for an escape, if it is not the usual one, which only newer
   *     versions know there
   */
  List<String> flagsAndRest(char escape) throws UndecidedText {
    List<String> flags = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < rest.length() && isSpace(rest.charAt(at))) {
        at++;
      }
      if (at < rest.length() && rest.charAt(at) == BROKEN) {
        throw new UndecidedText("a byte that is no UTF-8 before its first word");
      }
      if (!rest.startsWith("--", at)) {
        flags.add(rest.substring(at));
        return flags;
      }
      StringBuilder word = new StringBuilder();
      at = word(at, word, escape);
      if (word.toString().equals("--")) {
        flags.add(rest.substring(at));
        return flags;
      }
      flags.add(word.toString());
    }
  }

  private int word(int start, StringBuilder word, char escape) throws UndecidedText {
    int at = start;
    char quote = 0;
    while (at < rest.length() && (quote != 0 || !isSpace(rest.charAt(at)))) {
      char c = rest.charAt(at++);
      if (escape != '\\' && (c == '\\' || c == escape)) {
        throw new UndecidedText("an escape in a flag");
      } else if (c == '\\' && at < rest.length()) {
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
