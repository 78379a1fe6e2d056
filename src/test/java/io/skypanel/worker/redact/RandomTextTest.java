package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How many of the tokens of each kind are found in a variable whose name says nothing. */
class RandomTextTest {
  private static final int SAMPLES = 5000;
  private static final String SMALL = "abcdefghijklmnopqrstuvwxyz";
  private static final String CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";
  private static final String ALL = SMALL + CAPITALS + DIGITS;
  private static final String URL64 = ALL + "-_";
  private static final String HEX = "0123456789abcdef";
  private static final String BASE32 = CAPITALS + "234567";

  private static final Random RANDOM = new Random(7);

  private final SecretRules rules = new SecretRules(List.of("*KEY*"));

  static Stream<Arguments> kinds() {
    return Stream.of(
        kind("Slack's bots", 0, () -> "xoxb-" + digits(12) + "-" + digits(13) + "-" + all(24)),
        kind(
            "Slack's users",
            0,
            () -> "xoxp-" + digits(12) + "-" + digits(12) + "-" + digits(13) + "-" + of(HEX, 32)),
        kind("GitHub's", 0, () -> "ghp_" + all(36)),
        kind("GitLab's", 0, () -> "glpat-" + of(URL64, 20)),
        kind("Google's", 0, () -> "GOCSPX-" + of(URL64, 28)),
        kind("Vault's", 0, () -> "hvs." + all(24)),
        kind("AWS' ids", 0, () -> "AKIA" + of(BASE32, 16)),
        kind("AWS' temporary ids", 4, () -> "ASIA" + of(BASE32, 16)),
        kind("AWS' keys", 2, () -> of(ALL + "+/", 40)),
        kind("Stripe's", 0, () -> "sk_live_" + all(24)),
        kind("npm's", 0, () -> "npm_" + all(36)),
        kind("Telegram's", 2, () -> digits(10) + ":" + of(URL64, 35)),
        kind("16 of base32", 5, () -> of(BASE32, 16)),
        kind("32 of base32", 2, () -> of(BASE32, 32)),
        kind("16 letters and digits", 2, () -> all(16)),
        kind("24 letters and digits", 2, () -> all(24)),
        kind("16 small letters and digits", 5, () -> of(SMALL + DIGITS, 16)),
        kind("16 capitals and digits", 5, () -> of(CAPITALS + DIGITS, 16)),
        kind("16 of hex", 2, () -> of(HEX, 16)),
        kind("32 of hex", 2, () -> of(HEX, 32)),
        kind("16 bytes in base64", 2, () -> base64(16)),
        kind("32 bytes in base64", 2, () -> base64(32)),
        kind("43 of base64 for URLs", 2, () -> of(URL64, 43)),
        kind("16 with signs", 3, () -> of(ALL + "!#$%*^~", 16)),
        kind("24 behind an unknown beginning", 2, () -> "acme_" + all(24)));
  }

  @ParameterizedTest(name = "{0}: {1} % at most")
  @MethodSource("kinds")
  void fewTokensAreMissed(String kind, int percent, Supplier<String> token) {
    Set<String> missed =
        Stream.generate(token)
            .limit(SAMPLES)
            .filter(t -> !rules.secrets(Map.of("HARMLESS", t), Set.of()).contains(t))
            .collect(Collectors.toSet());
    assertThat(missed).as(kind).hasSizeLessThanOrEqualTo(SAMPLES * percent / 100);
  }

  private static Arguments kind(String name, int percent, Supplier<String> token) {
    return arguments(name, percent, token);
  }

  private static String base64(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  private static String digits(int length) {
    return of(DIGITS, length);
  }

  private static String all(int length) {
    return of(ALL, length);
  }

  private static String of(String characters, int length) {
    return RANDOM
        .ints(length, 0, characters.length())
        .mapToObj(i -> String.valueOf(characters.charAt(i)))
        .collect(Collectors.joining());
  }
}
