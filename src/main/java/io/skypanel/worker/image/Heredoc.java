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
 */
record Heredoc(String end, boolean tabs) {
  private static final Pattern ANNOUNCED = Pattern.compile("\\d*<<(-?+)([^<]*)");

  /** What may be part of such a word; three in a row are a here-string of a shell's. */
  private static final Pattern SIGN = Pattern.compile("(?<!<)<<(?!<)");

  /** A variable that stands for itself or for nothing there, whatever the version. */
  private static final Pattern PLAIN_VARIABLE =
      Pattern.compile("\\$(?:\\{[A-Za-z_]\\w*}|[\\p{L}_][\\p{L}\\p{Nd}_]*|\\p{Nd}+|[@*#?!$-])");

  private static final Pattern OTHER_VARIABLE = Pattern.compile("\\$\\{[^}]*}*");

  /**
   * Those of one instruction, in their order; none if a quotation in it does not end.
   *
   * @throws UndecidedText if that can't be told
   */
  static List<Heredoc> in(String instruction) throws UndecidedText {
    if (instruction.indexOf('<') < 0) {
      return List.of();
    }
    checkVariables(instruction);
    List<Heredoc> found = new ArrayList<>();
    int at = 0;
    while (at < instruction.length()) {
      int start = at;
      char quote = 0;
      while (at < instruction.length() && (quote != 0 || !GoText.isSpace(instruction.charAt(at)))) {
        char c = instruction.charAt(at++);
        if (c == quote) {
          quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (c == '\\' && quote != '\'') {
          at = Math.min(at + 1, instruction.length());
        }
      }
      if (quote != 0) {
        return List.of();
      }
      addIfAnnounced(instruction.substring(start, at), found);
      at++;
    }
    return found;
  }

  /** Whether it ends with that line. */
  boolean endsWith(String line) {
    return (tabs ? line.replaceFirst("^\t+", "") : line).equals(end);
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
      String end = unquoted(announced.group(2));
      if (!end.isEmpty()) {
        found.add(new Heredoc(end, tabs));
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
