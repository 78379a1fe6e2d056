package io.skypanel.worker.redact;

import java.util.List;
import java.util.regex.Pattern;

/** What is secret in texts such as {@code Server=db;User Id=sa;Password=…}. */
final class ConnectionString {
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(?:password|pwd|accountkey|sharedaccesskey|secret)\\s*+=\\s*+"
              + "(?:\"([^\"]{1,1024}+)\"|'([^']{1,1024}+)'|([^;&\\s]+))");

  private ConnectionString() {}

  /** As they stand there, without quotes around them. */
  static List<String> secretsIn(String text) {
    return SECRET
        .matcher(text)
        .results()
        .map(m -> m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3))
        .toList();
  }
}
