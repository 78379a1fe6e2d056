package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds of masking whatever the secrets are, however they are written and cut. */
class RedactorPropertiesTest {
  @Provide
  Arbitrary<String> secret() {
    return Arbitraries.strings()
        .alpha()
        .numeric()
        .withChars("+/-_=.:@\"'%&#")
        .ofMinLength(6)
        .ofMaxLength(60);
  }

  @Provide
  Arbitrary<List<String>> secrets() {
    return secret().list().ofMinSize(1).ofMaxSize(5);
  }

  @Provide
  Arbitrary<SecretText> secretText() {
    return Arbitraries.randomValue(SecretText::random);
  }

  @Provide
  Arbitrary<String> harmless() {
    return Arbitraries.strings().withChars("äöü \n\r\t()[]{}.,;!ß漢*").ofMaxLength(300);
  }

  @Property
  void theOutputIsTheSameHoweverTheTextIsCut(@ForAll("secretText") SecretText given) {
    assertThat(given.maskedInParts()).isEqualTo(new Redactor(given.secrets()).mask(given.text()));
  }

  @Property
  void noSecretIsInTheOutput(@ForAll("secretText") SecretText given) {
    String masked = given.maskedInParts();
    assertThat(given.hidden()).noneMatch(masked::contains);
  }

  @Property
  void aTextWithoutSecretsIsNotChanged(
      @ForAll("secrets") List<String> secrets,
      @ForAll("harmless") String text,
      @ForAll Random random) {
    var given =
        new SecretText(
            secrets, text, random.ints(3, 0, text.length() + 1).sorted().boxed().toList());
    assertThat(given.maskedInParts()).isEqualTo(text);
  }

  @Property
  void nothingButTheSecretIsTakenOutOfALine(
      @ForAll("secret") String secret, @ForAll @IntRange(max = 200) int cut) {
    String text = "(" + secret + ") and [" + secret + "]\n";
    var given = new SecretText(List.of(secret), text, List.of(Math.min(cut, text.length())));
    assertThat(given.maskedInParts()).isEqualTo("(****) and [****]\n");
  }

  @Property
  void base64IsFoundWhereverTheSecretStandsInIt(
      @ForAll("secret") String secret,
      @ForAll @IntRange(max = 5) int before,
      @ForAll boolean forUrls) {
    Base64.Encoder base64 = forUrls ? Base64.getUrlEncoder() : Base64.getEncoder();
    String around = "x".repeat(before);
    String encoded =
        base64.encodeToString((around + secret + around).getBytes(StandardCharsets.UTF_8));
    String masked = new Redactor(List.of(secret)).mask(encoded);
    // what is left is what stands around it: a character on either side is of both
    assertThat(masked).contains("****").hasSizeLessThanOrEqualTo(4 + 2 * (before * 4 / 3 + 3));
  }

  @Property
  void urlEncodingIsFoundInEitherCase(@ForAll("secret") String secret, @ForAll boolean small) {
    String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    String given = small ? lowerHex(encoded.replace("+", "%20")) : encoded;
    assertThat(new Redactor(List.of(secret)).mask("<" + given + ">")).isEqualTo("<****>");
  }

  private static String lowerHex(String encoded) {
    return java.util.regex.Pattern.compile("%..")
        .matcher(encoded)
        .replaceAll(hex -> hex.group().toLowerCase(java.util.Locale.ROOT));
  }
}
