package io.skypanel.worker.redact;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells which values of an environment are secret: those whose name says so, passwords inside URLs,
 * and what looks random. Immutable.
 */
public final class SecretRules {
  /** Masking these would make a log unreadable and hide nothing. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "(?i)true|false|yes|no|on|off|none|null|nil|undefined|default|enabled|disabled"
              + "|production|prod|development|dev|staging|stage|testing|test|local|localhost"
              + "|debug|info|warn|warning|error|trace|auto|basic|bearer|public|private"
              + "|[+-]?[0-9][0-9_,.]{0,14}"
              + "|sha(1|256|384|512)[:-].*");

  private static final Pattern USER_INFO = Pattern.compile("://([^/\\s]{1,4096})@");
  private static final Pattern COMMIT_NAME =
      Pattern.compile("(?i)SHA|COMMIT|REV|DIGEST|VERSION|HASH");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private final Pattern secretName;

  /**
   * @param names of secret variables, in any case; {@code *} stands for any characters
   */
  public SecretRules(List<String> names) {
    secretName =
        Pattern.compile(
            names.stream()
                .map(name -> Pattern.quote(name).replace("*", "\\E.*\\Q"))
                .collect(Collectors.joining("|")),
            Pattern.CASE_INSENSITIVE);
  }

  /**
   * The secrets among the values.
   *
   * @param spared what is shown everywhere, such as the build's ids and its commit
   */
  public List<String> secrets(Map<String, String> environment, Collection<String> spared) {
    List<String> found = new ArrayList<>();
    environment.forEach(
        (name, value) -> {
          if (secretName.matcher(name).matches()) {
            value.lines().map(String::strip).filter(line -> !isPlain(line)).forEach(found::add);
            addWhole(value, found);
          } else if (!isCommit(name, value)) {
            found.addAll(RandomText.in(value));
          }
          found.addAll(passwords(value));
        });
    found.removeIf(spared::contains);
    return found;
  }

  /** For its base64, which is not that of its lines. */
  private static void addWhole(String value, List<String> found) {
    if (value.strip().indexOf('\n') >= 0) {
      found.add(value);
    }
  }

  private static boolean isCommit(String name, String value) {
    return COMMIT_NAME.matcher(name).find() && COMMIT.matcher(value.strip()).matches();
  }

  private static boolean isPlain(String value) {
    return PLAIN.matcher(value).matches();
  }

  /** The passwords of the URLs in a text; a token may stand alone where the user name would. */
  public static List<String> passwords(String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = USER_INFO.matcher(text);
    while (matcher.find()) {
      String userInfo = matcher.group(1);
      String password = userInfo.substring(userInfo.indexOf(':') + 1);
      if (!isPlain(password)) {
        found.add(password);
        decoded(password).filter(p -> !p.equals(password)).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<String> decoded(String password) {
    try {
      return Optional.of(URLDecoder.decode(password.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notEncoded) {
      return Optional.empty();
    }
  }
}
