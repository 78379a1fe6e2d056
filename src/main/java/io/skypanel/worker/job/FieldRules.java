package io.skypanel.worker.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The rules that a job's fields keep, whoever makes the job: customers choose most of them, and
 * they become names of tags, containers, paths and labels. Each throws {@link
 * IllegalArgumentException} with the field, its value where it is no secret, and the rule.
 */
public final class FieldRules {
  private static final Predicate<String> VARIABLE =
      Pattern.compile("[^=\\s\\p{Cc}\\p{Zl}\\p{Zp}]{1,256}").asMatchPredicate();

  private static final int MAX_ID = 63; // characters
  private static final int MAX_VARIABLE = 128 * 1024; // bytes of NAME=value and NUL, for Linux
  private static final int MAX_VARIABLES = 1000;
  private static final int MAX_ENVIRONMENT = 1 << 20; // bytes, half of what Linux takes for all

  private FieldRules() {}

  /** Whether it may be a name of a tag, container, label and path, and cannot be an option. */
  public static boolean isId(String value) {
    if (value.isEmpty() || value.length() > MAX_ID || !isLetterOrDigit(value.charAt(0))) {
      return false;
    }
    // a regular expression would take a quarter of a poll of a long queue
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isLetterOrDigit(c) && c != '_' && c != '.' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  static void id(String field, String value) {
    check(isId(value), field, value, "must be of letters, digits, '-', '_' and '.', 63 at most");
  }

  /** A path that cannot lead out of the repository but through its links. */
  static void pathBelow(String field, String value) {
    boolean below;
    try {
      Path path = Path.of(value);
      below = !path.isAbsolute() && path.equals(path.normalize()) && !path.startsWith("..");
    } catch (InvalidPathException e) {
      below = false;
    }
    check(
        below && !value.isEmpty() && Shown.isSeen(value),
        field,
        value,
        "must be a path below the repository, without control characters");
  }

  static void environment(Map<String, String> variables) {
    check(
        variables.size() <= MAX_VARIABLES,
        "environmentVariables",
        variables.size() + " variables",
        "may have " + MAX_VARIABLES + " at most");
    long size = 0;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      String name = variable.getKey();
      String value = variable.getValue();
      check(
          VARIABLE.test(name),
          "environmentVariables",
          untilFault(name),
          "must have names of 256 characters at most, without '=', space or control character");
      long bytes = name.getBytes(UTF_8).length + value.getBytes(UTF_8).length + 2L;
      // its value is a secret
      if (bytes > MAX_VARIABLE || value.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "environmentVariables." + Shown.of(name) + " must be of 128 KiB at most, without NUL");
      }
      size += bytes;
    }
    check(
        size <= MAX_ENVIRONMENT,
        "environmentVariables",
        size + " bytes",
        "must be of 1 MiB at most in all");
  }

  /**
   * What stands behind the character that may not be there may be a value, pasted with its name.
   */
  private static String untilFault(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '=' || Character.isWhitespace(c) || Character.isISOControl(c)) {
        return name.substring(0, i + 1) + (i + 1 < name.length() ? "…" : "");
      }
    }
    return name;
  }

  private static void check(boolean kept, String field, String value, String rule) {
    if (!kept) {
      throw new IllegalArgumentException(field + " is '" + Shown.of(value) + "' and " + rule);
    }
  }
}
