package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A here-document that an instruction announces, as BuildKit's {@code heredocsFromLine} finds it.
 * Where its versions could find another, or only some of them one, nothing is taken for told: what
 * stands in a here-document is not read as instructions, so it must be one to every builder.
 *
 * @param end the line that ends it
 * @param tabs whether tabs before that line do not count
 * @param quoted whether a part of its name is quoted, so that no variable is filled in
 */
record Heredoc(String end, boolean tabs, boolean quoted) {
  private static final Pattern ANNOUNCED = Pattern.compile("\\d*<<(-?+)[\t\r ]*+([^<]*)");

  /** What may be part of such a word; three in a row are a here-string of a shell's. */
  private static final Pattern SIGN = Pattern.compile("(?<!<)<<(?!<)");

  /** A variable that stands for itself or for nothing there, whatever the version. */
  private static final Pattern PLAIN_VARIABLE =
      Pattern.compile("\\$(?:\\{[A-Za-z_]\\w*}|[\\p{L}_][\\p{L}\\p{Nd}_]*|\\p{Nd}+|[@*#?!$-])");

  private static final Pattern OTHER_VARIABLE = Pattern.compile("\\$\\{[^}]*}*");

  /**
   * Those of one instruction, in their order; none if a quotation in it does not end. Its words are
   * taken apart as the {@code ProcessWords} of BuildKit's {@code shell.Lex} does it.
   *
   * @param escape the Dockerfile's escape character
   * @param spaced whether blanks may stand before the name, as from BuildKit 0.22 on
   * @throws UndecidedText if that can't be told
   */
  static List<Heredoc> in(Instruction instruction, char escape, boolean spaced)
      throws UndecidedText {
    String text = instruction.rest();
    if (text.indexOf('<') < 0) {
      return List.of();
    }
    checkFlags(instruction, escape);
    checkVariables(text);
    List<Heredoc> found = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int start = at;
      char quote = 0;
      while (at < text.length() && (quote != 0 || !GoText.isSpace(text.charAt(at)))) {
        char c = text.charAt(at++);
        if (c == quote) {
          quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (c == '\\' && quote != '\'') {
          at = Math.min(at + 1, text.length());
        } else if (spaced && quote == 0 && c == '<' && text.startsWith("<", at)) {
          at = behindBlanks(text, at + 1);
        }
      }
      if (quote != 0) {
        return List.of();
      }
      addIfAnnounced(text.substring(start, at), found);
      at++;
    }
    return found;
  }

  /** As {@code processPossibleHeredoc} passes them over, behind the signs. */
  private static int behindBlanks(String text, int start) {
    int at = start;
    while (at < text.length() && "\t\r ".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  /** Whether it ends with that line. */
  boolean endsWith(String line) {
    return (tabs ? line.replaceFirst("^\t+", "") : line).equals(end);
  }

  /** The form of a list has no here-documents, and its flags may look like some. */
  private static void checkFlags(Instruction instruction, char escape) throws UndecidedText {
    String text = instruction.rest();
    if (text.contains("<<")) {
      List<String> flags = instruction.flagsAndRest(escape);
      int behind = flags.get(flags.size() - 1).length();
      if (text.substring(0, text.length() - behind).contains("<<")) {
        throw new UndecidedText("'<<' in a flag");
      }
    }
  }

  /** A value that stands in for a variable could hold the signs, or fail and with it the line. */
  private static void checkVariables(String instruction) throws UndecidedText {
    if (instruction.indexOf('$') < 0) {
      return;
    }
    String rest = PLAIN_VARIABLE.matcher(instruction).replaceAll("");
    boolean odd = rest.contains("${") || rest.endsWith("$");
    boolean within = OTHER_VARIABLE.matcher(rest).results().anyMatch(m -> m.group().contains("<"));
    if (odd
        && (within
            || SIGN.matcher(instruction).find()
            || SIGN.matcher(OTHER_VARIABLE.matcher(rest).replaceAll("")).find())) {
      throw new UndecidedText("'<<' beside a variable that is not plain (${NAME})");
    }
  }

  private static void addIfAnnounced(String word, List<Heredoc> found) throws UndecidedText {
    Matcher announced = ANNOUNCED.matcher(word);
    if (announced.matches()) {
      boolean tabs = !announced.group(1).isEmpty();
      String name = announced.group(2);
      String end = unquoted(name);
      if (!end.isEmpty()) {
        found.add(new Heredoc(end, tabs, !end.equals(name)));
      } else if (tabs) {
        throw new UndecidedText("a blank behind <<-");
      }
    } else if (word.indexOf('$') >= 0
        && ANNOUNCED.matcher(PLAIN_VARIABLE.matcher(word).replaceAll("")).matches()) {
      throw new UndecidedText("'" + word + "', which may or may not begin one");
    }
  }

  /** The name without its quotes. Within single ones each character stands for itself. */
  private static String unquoted(String name) throws UndecidedText {
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (char c : name.toCharArray()) {
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c < ' ' || c > '~' || quote != '\'' && (c == '\\' || c == '$')) {
        throw new UndecidedText("the here-document '" + name + "'; name it by letters alone");
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
