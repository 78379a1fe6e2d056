package io.skypanel.worker.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Masks secrets in one build's texts: the values of its variables whose names say that they are
 * secret, and user names and passwords inside URLs. Immutable.
 */
final class Redactor {
  private static final String MASK = "****";
  private static final int SHORTEST_SECRET = 4;
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "key|token|secret|pass|pwd|credential|auth|dsn|private", Pattern.CASE_INSENSITIVE);
  private static final Pattern URL_CREDENTIALS = Pattern.compile("(?<=://)[^/\\s@]{1,1000}@");

  private final List<String> secrets;

  Redactor(Map<String, String> environment, List<String> others) {
    this.secrets =
        java.util.stream.Stream.concat(
                others.stream(),
                environment.entrySet().stream()
                    .filter(e -> SECRET_NAME.matcher(e.getKey()).find())
                    .map(Map.Entry::getValue))
            .flatMap(String::lines)
            .map(String::strip)
            .filter(v -> v.length() >= SHORTEST_SECRET && !isPlainWord(v))
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  String mask(String text) {
    String masked = text;
    for (String secret : secrets) {
      masked = masked.replace(secret, MASK);
    }
    return masked.contains("://") ? URL_CREDENTIALS.matcher(masked).replaceAll(MASK + "@") : masked;
  }

  /** Masking these would make a log unreadable and hide nothing. */
  private static boolean isPlainWord(String value) {
    return value.matches("true|false|none|null|production|development|test|\\d{1,5}");
  }
}
