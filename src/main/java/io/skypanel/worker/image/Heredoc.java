package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A here-document that an instruction announces.
 *
 * @param end the line that ends it
 * @param tabs whether tabs before that line do not count
 */
record Heredoc(String end, boolean tabs) {
  private static final Pattern ANNOUNCED = Pattern.compile("\\d*<<(-?)([^<]+)");

  /** Those of one instruction, in their order; none if a quotation in it does not end. */
  static List<Heredoc> in(String instruction) {
    List<Heredoc> found = new ArrayList<>();
    int at = 0;
    while (at < instruction.length()) {
      int start = at;
      char quote = 0;
      StringBuilder plain = new StringBuilder();
      while (at < instruction.length() && (quote != 0 || !GoText.isSpace(instruction.charAt(at)))) {
        char c = instruction.charAt(at++);
        if (c == quote) {
          quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (c == '\\' && quote != '\'' && at < instruction.length()) {
          plain.append(instruction.charAt(at++));
        } else {
          plain.append(c);
        }
      }
      if (quote != 0) {
        return List.of();
      }
      Matcher announced = ANNOUNCED.matcher(instruction.substring(start, at));
      Matcher name = ANNOUNCED.matcher(plain);
      if (announced.matches() && name.matches()) {
        found.add(new Heredoc(name.group(2), !announced.group(1).isEmpty()));
      }
      at++;
    }
    return found;
  }

  /** Whether it ends with that line. */
  boolean endsWith(String line) {
    return (tabs ? line.replaceFirst("^\t+", "") : line).equals(end);
  }
}
