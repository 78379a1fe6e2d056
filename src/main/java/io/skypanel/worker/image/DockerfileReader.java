package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Takes a Dockerfile apart into its instructions, as BuildKit's parser does; where its versions
 * differ, by the {@link Dialect} asked for. In time proportional to the text.
 *
 * @see <a
 *     href="https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go">the
 *     parser</a>
 */
final class DockerfileReader {
  /**
   * In what versions of the parser differ.
   *
   * @param heredocs whether here-documents are known
   * @param spaced whether their names may stand behind blanks, as from BuildKit 0.22 on
   * @param pairsEscape whether two escape characters at a line's end are no continuation
   */
  record Dialect(boolean heredocs, boolean spaced, boolean pairsEscape) {
    /** All there are, BuildKit's of today first. */
    static final List<Dialect> ALL =
        List.of(
            new Dialect(true, true, true),
            new Dialect(true, false, true),
            new Dialect(true, false, false),
            new Dialect(false, false, true),
            new Dialect(false, false, false));

    /** Those of builders that are known to have here-documents, or all. */
    static List<Dialect> of(boolean heredocs) {
      return ALL.stream().filter(dialect -> dialect.heredocs() || !heredocs).toList();
    }
  }

  private final String path;
  private final String[] lines;
  private final Dialect dialect;
  private final char escape;
  private boolean heredocs;
  private boolean spaced;
  private int next;

  private DockerfileReader(String path, String dockerfile, char escape, Dialect dialect) {
    this.path = path;
    this.lines = withoutMark(dockerfile).split("\n", -1);
    this.dialect = dialect;
    this.heredocs = dialect.heredocs();
    this.spaced = dialect.spaced();
    this.escape = escape;
  }

  /**
   * The instructions, in their order.
   *
   * @param path what the Dockerfile is called in messages
   * @param escape the character by which it escapes others
   * @throws BuildFailure.UserFault if it can't be told whether a here-document follows one
   */
  static List<Instruction> read(String path, String dockerfile, char escape, Dialect dialect)
      throws BuildFailure.UserFault {
    DockerfileReader reader = new DockerfileReader(path, dockerfile, escape, dialect);
    List<Instruction> instructions = new ArrayList<>();
    while (reader.next < reader.lines.length) {
      reader.instruction().ifPresent(instructions::add);
    }
    return instructions;
  }

  private Optional<Instruction> instruction() throws BuildFailure.UserFault {
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
    try {
      Optional<Instruction> taker = instruction.heredocTaker();
      if (heredocs && taker.isPresent()) {
        instruction = instruction.withBody(body(taker.get()));
      }
    } catch (UndecidedText e) {
      throw new BuildFailure.UserFault(
          "%s: whether a here-document follows can't be told, for it has %s; write it plainly"
              .formatted(instruction.where(path), e.getMessage()));
    }
    return Optional.of(instruction).filter(i -> !i.verb().isEmpty());
  }

  /** Goes behind the here-documents; gives those in which the builder fills variables in. */
  private String body(Instruction taker) throws UndecidedText {
    int start = next;
    Optional<String> body = endedBody(taker);
    if (body.isEmpty() && spaced) {
      // most likely 1 << 3 of a shell's; a builder that takes it for one refuses the file
      spaced = false;
      next = start;
      body = endedBody(taker);
    }
    // the builder refuses one without an end; to look for others' would take the square of the time
    heredocs = body.isPresent();
    return body.orElse("");
  }

  /** Empty if one has no end. */
  private Optional<String> endedBody(Instruction taker) throws UndecidedText {
    boolean filledIn = !taker.verb().equals("run");
    StringBuilder body = new StringBuilder();
    for (Heredoc heredoc : Heredoc.in(taker, escape, spaced)) {
      int end = next;
      while (end < lines.length && !heredoc.endsWith(line(end))) {
        end++;
      }
      if (end == lines.length) {
        return Optional.empty();
      }
      if (filledIn && !heredoc.quoted()) {
        body.append(String.join("\n", Arrays.asList(lines).subList(next, end))).append('\n');
      }
      next = end + 1;
    }
    return Optional.of(body.toString());
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

  private String line(int index) {
    String line = lines[index];
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private static String withoutMark(String dockerfile) {
    return dockerfile.startsWith("\uFEFF") ? dockerfile.substring(1) : dockerfile;
  }
}
