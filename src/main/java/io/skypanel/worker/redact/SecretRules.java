package io.skypanel.worker.redact;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells which values of an environment are secret: those whose name says so, logins inside URLs and
 * connection strings, tokens of known kinds, and what looks random. Immutable.
 */
public final class SecretRules {
  /** Masking these would make a log unreadable and hide nothing. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "(?i)true|false|yes|no|on|off|none|null|nil|undefined|default|enabled|disabled"
              + "|production|prod|development|dev|staging|stage|testing|test|local|localhost"
              + "|debug|info|warn|warning|error|trace|auto|basic|bearer|public|private"
              + "|[+-]?[0-9][0-9_,.]{0,14}"
              + "|"
              + ReadableNames.DIGEST);

  /**
   * What forges want beside a token, as the user name or as the password (GitHub, GitLab,
   * Bitbucket, package registries).
   */
  private static final Pattern BESIDE_TOKEN =
      Pattern.compile(
          "git|x|token|oauth2?|x-oauth-basic|x-access-token|x-token-auth"
              + "|x-bitbucket-api-token-auth|gitlab-ci-token|private-token|__token__");

  /** GitHub's longest has 39 characters. */
  private static final Pattern USER_NAME = Pattern.compile("[\\p{L}\\p{N}._@%+-]{0,39}");

  private static final Pattern COMMIT_NAME =
      Pattern.compile("(?i)(?<![a-z])(SHA|COMMIT|REV|REVISION|DIGEST|VERSION|HASH)(?![a-z])");
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
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
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
          found.addAll(KnownTokens.in(value));
          found.addAll(ofConnections(value));
          found.addAll(ofUrls(value));
        });
    found.removeIf(spared::contains);
    return found.stream().distinct().toList();
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

  private static List<String> ofConnections(String value) {
    return withDecoded(ConnectionString.secretsIn(value)).stream()
        .filter(secret -> !isPlain(secret))
        .toList();
  }

  /**
   * What is secret of the logins that URLs in a text carry, as it stands there and decoded. A user
   * name alone is taken for a token by its look.
   */
  public static List<String> ofUrls(String text) {
    return ofUrls(text, false);
  }

  /**
   * The same of a repository's own address, where a token may stand alone in the user name's place,
   * and be of letters alone: whatever stands there is taken for one.
   */
  public static List<String> ofRepository(String url) {
    return ofUrls(url, true);
  }

  private static List<String> ofUrls(String text, boolean aloneIsToken) {
    List<String> found = new ArrayList<>();
    for (UrlLogin login : UrlLogin.in(text)) {
      String user = login.user();
      if (login.password().isPresent()) {
        found.addAll(ofLogin(user, login.password().get()));
      } else if ((aloneIsToken || !isName(user)) && !hidesNothing(user)) {
        found.add(user);
      }
    }
    return withDecoded(found);
  }

  private static List<String> withDecoded(List<String> secrets) {
    List<String> both = new ArrayList<>(secrets);
    secrets.forEach(s -> decoded(s).filter(d -> !d.equals(s)).ifPresent(both::add));
    return both;
  }

  /**
   * What is secret of a login: the password, and the user name too if it is a token, which is told
   * by its look and by what stands in the password's place.
   */
  public static List<String> ofLogin(String user, String password) {
    List<String> found = new ArrayList<>();
    found.add(password);
    if (!isName(user) || BESIDE_TOKEN.matcher(password).matches()) {
      found.add(user);
    }
    found.removeIf(SecretRules::hidesNothing);
    return found;
  }

  /** Whether it is no token, by its look. */
  public static boolean isName(String user) {
    return USER_NAME.matcher(user).matches()
        && !RandomText.isRandom(user)
        && KnownTokens.in(user).isEmpty();
  }

  private static boolean hidesNothing(String text) {
    return isPlain(text) || BESIDE_TOKEN.matcher(text).matches();
  }

  private static Optional<String> decoded(String password) {
    try {
      return Optional.of(URLDecoder.decode(password.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notEncoded) {
      return Optional.empty();
    }
  }
}
