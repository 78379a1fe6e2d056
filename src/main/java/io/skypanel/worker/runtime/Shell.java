package io.skypanel.worker.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Commands of a job or a repository, written so that they stay what they are inside a Dockerfile:
 * in the exec form, whose JSON no line break, here-document or flag leaves.
 */
final class Shell {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SIMPLE = Pattern.compile("[\\w./-]+(?:\\s[^;&|()<>`\\r\\n]*)?");
  private static final Set<String> KEYWORDS =
      Set.of(
          "cd", "exec", "export", "set", "source", ".", "if", "for", "while", "until", "case",
          "eval", "ulimit", "umask", "test", "trap", "unset", "wait", "read", "echo", "printf");

  private Shell() {}

  /** A command for {@code /bin/sh}, in exec form. */
  static String execForm(String command) {
    try {
      return JSON.writeValueAsString(List.of("/bin/sh", "-c", command));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The same, with the shell replaced by the program where there is but one: a signal then reaches
   * the program alone, and the container lasts until it has ended.
   */
  static String processForm(String command) {
    return execForm(isOneProgram(command) ? "exec " + command : command);
  }

  private static boolean isOneProgram(String command) {
    return SIMPLE.matcher(command).matches() && !KEYWORDS.contains(command.split("\\s")[0]);
  }
}
