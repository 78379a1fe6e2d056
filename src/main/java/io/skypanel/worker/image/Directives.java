package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directives that a Dockerfile begins with, such as {@code # escape=`}. Which lines are some
 * depends on the builder: a {@code #!} line, {@code # check=} or a blank beyond ASCII ends them for
 * one, and not for another. So they are found wherever one may see them, and an escape character
 * counts only where all do.
 *
 * @param escape the character by which the file escapes others
 * @param syntaxes the programs that it may be meant to be read by, in their order
 * @param certain whether every builder sees those programs
 * @see <a
 *     href="https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/directives.go">how
 *     BuildKit reads them today</a>
 */
record Directives(char escape, List<String> syntaxes, boolean certain) {
  /** All that a builder could take for a blank, bytes that are no UTF-8 among it. */
  private static final String BLANKS = "[\\s\\p{Z}\\x0b\\x85\\ufffd]*+";

  private static final Pattern POSSIBLE =
      Pattern.compile(
          BLANKS + "(?:#|//)" + BLANKS + "([a-zA-Z][a-zA-Z0-9]*+)" + BLANKS + "=(.*)",
          Pattern.DOTALL);
  private static final Pattern PLAIN =
      Pattern.compile("#[ \t]*+([a-zA-Z][a-zA-Z0-9]*+)[ \t]*+=[ \t]*+[!-~]++[ \t]*+\r?");
  private static final Pattern BLANK = Pattern.compile(BLANKS);
  private static final Pattern ESCAPE = Pattern.compile("[\\\\`]");

  /**
   * Reads them.
   *
   * @param path what the Dockerfile is called in messages
   * @throws BuildFailure.UserFault for an escape character that not every builder sees
   */
  static Directives of(String path, String dockerfile) throws BuildFailure.UserFault {
    boolean marked = dockerfile.startsWith("\uFEFF");
    String[] lines = dockerfile.substring(marked ? 1 : 0).split("\n", -1);
    Optional<Character> escape = Optional.empty();
    List<String> syntaxes = new ArrayList<>();
    boolean certain = true;
    boolean plain = true;
    for (int i = 0; i < lines.length; i++) {
      Matcher possible = POSSIBLE.matcher(lines[i]);
      if (possible.matches()) {
        String name = possible.group(1).toLowerCase(Locale.ROOT);
        String value = GoText.trim(possible.group(2));
        plain &= PLAIN.matcher(lines[i]).matches();
        if (name.equals("escape")) {
          // builders refuse a second one
          if (!plain || escape.isPresent() || !ESCAPE.matcher(value).matches()) {
            throw uncertain(path, i + 1);
          }
          escape = Optional.of(value.charAt(0));
        } else if (name.equals("syntax") && !value.isEmpty()) {
          syntaxes.add(value.split("[\\s\\p{Z}]", 2)[0]);
          certain &= plain && !marked;
        } else {
          plain = false;
        }
      } else if (BLANK.matcher(lines[i]).matches() || i == 0 && lines[i].startsWith("#!")) {
        plain = false;
      } else {
        break;
      }
    }
    return new Directives(escape.orElse('\\'), List.copyOf(syntaxes), certain);
  }

  private static BuildFailure.UserFault uncertain(String path, int line) {
    return new BuildFailure.UserFault(
        ("Line %d of %s may or may not set the escape character, since builders read it differently;"
                + " write # escape=` (or \\) into the first line, with nothing but # syntax= before it")
            .formatted(line, path));
  }
}
