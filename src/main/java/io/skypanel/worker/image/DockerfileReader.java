package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes a Dockerfile apart into its instructions, as BuildKit's parser does; where its versions
 * differ, by the {@link Dialect} asked for. In time proportional to the text; nothing is refused
 * here.
 *
 * @see <a
 *     href="https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go">the
 *     parser</a>
 */
final class DockerfileReader {
  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(\\S.*)");
  private static final Set<String> DIRECTIVES = Set.of("syntax", "escape", "check");

  /**
   * In what versions of the parser differ.
   *
   * @param heredocs whether here-documents are known
   * @param pairsEscape whether two escape characters at a line's end are no continuation
   */
  record Dialect(boolean heredocs, boolean pairsEscape) {
    /** Of BuildKit today. */
    static final Dialect NOW = new Dialect(true, true);

    /** All there are. */
    static final List<Dialect> ALL =
        List.of(NOW, new Dialect(true, false), new Dialect(false, true), new Dialect(false, false));

    /** Those of builders that are known to have here-documents, or all. */
    static List<Dialect> of(boolean heredocs) {
      return ALL.stream().filter(dialect -> dialect.heredocs() || !heredocs).toList();
    }
  }

  private final String[] lines;
  private final Dialect dialect;
  private final char escape;
  private boolean heredocs;
  private int next;

  private DockerfileReader(String dockerfile, Dialect dialect) {
    this.lines = withoutMark(dockerfile).split("\n", -1);
    this.dialect = dialect;
    this.heredocs = dialect.heredocs();
    this.escape = escapeOf(lines);
  }

  /** The instructions, in their order. */
  static List<Instruction> read(String dockerfile, Dialect dialect) {
    DockerfileReader reader = new DockerfileReader(dockerfile, dialect);
    List<Instruction> instructions = new ArrayList<>();
    while (reader.next < reader.lines.length) {
      reader.instruction().ifPresent(instructions::add);
    }
    return instructions;
  }

  /** The character by which the file escapes others. */
  static char escape(String dockerfile) {
    return escapeOf(withoutMark(dockerfile).split("\n", -1));
  }

  private Optional<Instruction> instruction() {
    int start = next + 1;
    StringBuilder text = new StringBuilder();
    boolean goesOn = append(text, GoText.trimStart(line(next++)));
    if (text.isEmpty() && !goesOn) {
      return Optional.empty();
    }
    while (goesOn && next < lines.length) {
      String line = line(next++);
      String trimmed = GoText.trimStart(line);
      if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
        goesOn = append(text, line);
      }
    }
    Instruction instruction = Instruction.of(start, next, text.toString());
    if (heredocs && instruction.takesHeredocs()) {
      skipHeredocs(instruction);
    }
    return Optional.of(instruction).filter(i -> !i.verb().isEmpty());
  }

  /** Appends a line without its sign that it goes on; gives whether it has one. */
  private boolean append(StringBuilder text, String line) {
    if (GoText.trimStart(line).startsWith("#")) {
      return false;
    }
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean escaped = end > 0 && line.charAt(end - 1) == escape;
    boolean pair = escaped && end > 1 && line.charAt(end - 2) == escape;
    boolean goesOn = escaped && !(pair && dialect.pairsEscape());
    text.append(goesOn ? line.substring(0, end - 1) : line);
    return goesOn;
  }

  private void skipHeredocs(Instruction instruction) {
    try {
      Heredoc.in(instruction.rest()).forEach(this::skip);
    } catch (UndecidedText e) {
      // whoever needs to be sure asks again, and refuses the file
    }
  }

  private void skip(Heredoc heredoc) {
    for (int i = next; heredocs && i < lines.length; i++) {
      if (heredoc.endsWith(line(i))) {
        next = i + 1;
        return;
      }
    }
    // the builder refuses one without an end; to look for others' would take the square of the time
    heredocs = false;
  }

  private String line(int index) {
    String line = lines[index];
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private static String withoutMark(String dockerfile) {
    return dockerfile.startsWith("\uFEFF") ? dockerfile.substring(1) : dockerfile;
  }

  private static char escapeOf(String[] lines) {
    for (int i = 0; i < lines.length; i++) {
      String line = GoText.trim(lines[i]);
      if (i == 0 && line.startsWith("#!")) {
        continue;
      }
      Matcher directive = DIRECTIVE.matcher(line);
      if (!directive.matches() || !DIRECTIVES.contains(GoText.lower(directive.group(1)))) {
        break;
      }
      if (directive.group(1).equalsIgnoreCase("escape")) {
        return directive.group(2).charAt(0);
      }
    }
    return '\\';
  }
}
