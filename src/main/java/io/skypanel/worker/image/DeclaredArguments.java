package io.skypanel.worker.image;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads out of a Dockerfile which build arguments it declares. */
final class DeclaredArguments {
  private static final Pattern ESCAPE = Pattern.compile("(?i)#\\s*escape\\s*=\\s*([\\\\`])\\s*");
  private static final Pattern DIRECTIVE = Pattern.compile("#\\s*[A-Za-z]+\\s*=.*");
  private static final Pattern HEREDOC =
      Pattern.compile("<<(-?)\\s*(?:\"([^\"]+)\"|'([^']+)'|([A-Za-z0-9_.-]+))");
  private static final Pattern NAME =
      Pattern.compile(
          "\\G\\s*([A-Za-z_][A-Za-z0-9_]*)(?:=(?:\"(?:\\\\.|[^\"])*\"|'[^']*'|\\\\.|\\S)*)?(?=\\s|$)");
  private static final Set<String> TAKE_HEREDOCS = Set.of("RUN", "COPY", "ADD");

  private final List<String> lines;
  private final String escape;
  private final Set<String> names = new LinkedHashSet<>();
  private int next;

  private DeclaredArguments(String dockerfile) {
    this.lines = dockerfile.replaceFirst("^\uFEFF", "").lines().toList();
    this.escape = escapeOf(lines);
  }

  /** The names behind {@code ARG}, in their order. */
  static Set<String> of(String dockerfile) {
    DeclaredArguments reader = new DeclaredArguments(dockerfile);
    while (reader.next < reader.lines.size()) {
      reader.readInstruction();
    }
    return reader.names;
  }

  private void readInstruction() {
    StringBuilder instruction = new StringBuilder();
    boolean goesOn = true;
    while (goesOn && next < lines.size()) {
      String line = lines.get(next++).stripTrailing();
      if (line.stripLeading().startsWith("#") || line.isBlank()) {
        // neither ends an instruction that was continued
        goesOn = !instruction.isEmpty();
        continue;
      }
      goesOn = line.endsWith(escape);
      instruction.append(goesOn ? line.substring(0, line.length() - 1) : line);
    }
    String[] parts = instruction.toString().strip().split("\\s+", 2);
    String verb = parts[0].toUpperCase(Locale.ROOT);
    if (parts.length == 2 && verb.equals("ARG")) {
      Matcher name = NAME.matcher(parts[1]);
      while (name.find()) {
        names.add(name.group(1));
      }
    } else if (parts.length == 2 && TAKE_HEREDOCS.contains(verb)) {
      skipHeredocs(parts[1]);
    }
  }

  private void skipHeredocs(String instruction) {
    Matcher heredoc = HEREDOC.matcher(instruction);
    while (heredoc.find()) {
      String end =
          heredoc.group(2) != null
              ? heredoc.group(2)
              : heredoc.group(3) != null ? heredoc.group(3) : heredoc.group(4);
      boolean tabs = !heredoc.group(1).isEmpty();
      for (int i = next; i < lines.size(); i++) {
        if ((tabs ? lines.get(i).replaceFirst("^\t+", "") : lines.get(i)).equals(end)) {
          next = i + 1;
          break;
        }
      }
    }
  }

  private static String escapeOf(List<String> lines) {
    for (String line : lines) {
      Matcher escape = ESCAPE.matcher(line.strip());
      if (escape.matches()) {
        return escape.group(1);
      }
      if (!DIRECTIVE.matcher(line.strip()).matches()) {
        break;
      }
    }
    return "\\";
  }
}
