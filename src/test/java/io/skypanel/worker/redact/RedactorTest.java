package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  private static final String KEY =
      "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n+/d==\n-----END RSA PRIVATE KEY-----";

  private static String masked(String text, String... secrets) {
    return new Redactor(List.of(secrets)).mask(text);
  }

  @Test
  void secretsThatOverlapGoAsOne() {
    assertThat(masked("<abcdefgh>", "abcdef", "cdefgh")).isEqualTo("<****>");
    assertThat(masked("<abcdabcd>", "abcd")).isEqualTo("<****>");
    assertThat(masked("<aaaaaaa>", "aaaa")).isEqualTo("<****>");
  }

  @Test
  void whatOnlyBeginsLikeASecretStays() {
    assertThat(masked("hunter hunter2 hunter23", "hunter23")).isEqualTo("hunter hunter2 ****");
  }

  @Test
  void eachLineOfASecretIsMaskedByItselfToo() {
    assertThat(masked("a second line\nfirst line!", "first line\nsecond line"))
        .isEqualTo("a ****\n****!");
  }

  @Test
  void aSecretThatIsWrappedInLinesIsMasked() {
    String secret = "Xk3".repeat(40);
    String wrapped = Base64.getMimeEncoder().encodeToString(secret.getBytes());
    assertThat(masked(wrapped + "\n", secret)).isEqualTo("****\n");
    assertThat(masked(secret.substring(0, 70) + "\n" + secret.substring(70), secret))
        .isEqualTo("****");
  }

  @Test
  void aQuoteDoesNotEndAPasswordInAUrl() {
    assertThat(new Redactor(List.of()).mask("to https://u:a'b@h/x"))
        .isEqualTo("to https://****@h/x");
  }

  @Test
  void userAndPasswordInAUrlAreMasked() {
    assertThat(masked("git clone https://me:pa@ss@host:8080/x y@z"))
        .isEqualTo("git clone https://****@host:8080/x y@z");
    assertThat(masked("postgres://u:p@db")).isEqualTo("postgres://****@db");
    assertThat(masked("http://host/?q=a@b")).isEqualTo("http://host/?q=a@b");
  }

  @Test
  void whatStandsInJsonIsMaskedHoweverItIsEscaped() {
    assertThat(masked("{\"a\":\"p\\/q&r\\\"s<t\"}", "p/q&r\"s<t")).isEqualTo("{\"a\":\"****\"}");
    assertThat(masked("{\"a\":\"p/q\\u0026r\\\"s\\u003ct\"}", "p/q&r\"s<t"))
        .isEqualTo("{\"a\":\"****\"}");
    assertThat(masked("{\"a\":\"https:\\/\\/me:pa@ss@host\\/x@y\"}"))
        .isEqualTo("{\"a\":\"https:\\/\\/****@host\\/x@y\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p\\u00e4ss/w=r'd1", // Python
        "p\\u00e4ss\\/w=r'd1", // PHP
        "päss/w\\u003dr\\u0027d1", // Gson
      })
  void whatIsNoAsciiOrHarmlessInHtmlIsMaskedInJsonToo(String json) {
    assertThat(masked("{\"a\":\"" + json + "\"}", "päss/w=r'd1")).isEqualTo("{\"a\":\"****\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p%40ss!word1%20~a%2Fb*'(c)", // JavaScript
        "p%40ss%21word1+~a%2Fb%2A%27%28c%29", // Go
        "p%40ss%21word1%20~a/b%2A%27%28c%29", // Python
        "p%40ss%21word1+%7Ea%2Fb%2A%27%28c%29", // PHP
        "p%40ss%21word1+%7Ea%2Fb*%27%28c%29", // Java
      })
  void whatStandsInAUrlIsMaskedWhoeverEncodedIt(String encoded) {
    String secret = "p@ss!word1 ~a/b*'(c)";
    assertThat(masked("<" + encoded + ">", secret)).isEqualTo("<****>");
    assertThat(masked("<" + encoded.toLowerCase(Locale.ROOT) + ">", secret)).isEqualTo("<****>");
  }

  @Test
  void manySecretsAreFoundInEveryForm() {
    List<String> secrets = IntStream.range(10_000, 15_000).mapToObj(i -> "s3cr3t" + i).toList();
    Redactor redactor = new Redactor(secrets); // 55,000 characters, each in four of base64
    String base64 = Base64.getEncoder().encodeToString("x s3cr3t14999 y".getBytes());

    assertThat(redactor.findsAllForms()).isTrue();
    assertThat(redactor.mask(base64)).contains("****").hasSizeLessThan(16);
  }

  @Test
  void aPemBlockIsMaskedAndWhatFollowsIsNot() {
    assertThat(masked("key: " + KEY + "\nnext")).isEqualTo("key: ****\nnext");
    assertThat(masked("\"" + KEY.replace("\n", "\\n") + "\\n\", next"))
        .isEqualTo("\"****\\n\", next");
  }

  @Test
  void aPemBlockWithoutEndIsMaskedAsFarAsAKeyCanBeLong() {
    MaskedStream stream = new Redactor(List.of()).stream();
    StringBuilder out = new StringBuilder(stream.write("-----BEGIN CERTIFICATE-----\n"));
    for (int i = 0; i < 10_000; i++) {
      out.append(stream.write("a line of a program's output\n"));
    }
    int printed =
        "CERTIFICATE-----\n".length() + 10_000 * "a line of a program's output\n".length();
    assertThat(out.append(stream.end()))
        .startsWith("****")
        .hasSize(4 + printed - MaskedStream.PEM_CHARS);
  }

  @Test
  void aLongSecretIsMaskedWhole() {
    byte[] random = new byte[96 << 10];
    new Random(1).nextBytes(random);
    String secret = Base64.getEncoder().encodeToString(random); // 128 KiB, what a variable can hold
    assertThat(masked("a=" + secret + "\nb", secret)).isEqualTo("a=****\nb");
    String twice = Base64.getMimeEncoder().encodeToString(secret.getBytes());
    assertThat(masked(twice + "\r\n! b", secret)).isEqualTo("****! b");
  }

  @Test
  void aCompleteLineIsGivenAtOnceThoughItEndsWithASecret() {
    MaskedStream stream = new Redactor(List.of("hunter2-hunter2")).stream();
    assertThat(stream.write("the password is hunter2-hunter2\n"))
        .isEqualTo("the password is ****\n");
    assertThat(stream.write("listening on hunt\n")).isEqualTo("listening on hunt\n");
  }

  @Test
  void whatMayGoOnInTheNextLineIsHeldUntilItIsReleased() {
    MaskedStream stream = new Redactor(List.of("hunter2-hunter2")).stream();
    assertThat(stream.write("it is hunter2-hun\n")).isEqualTo("it is ");
    assertThat(stream.holdsLine()).isTrue();
    assertThat(stream.release()).isEqualTo("hunter2-hun\n");
    assertThat(stream.write("ter2\n")).isEqualTo("****\n");
  }

  @Test
  void aTextWithoutLineBreakCostsBoundedMemory() {
    MaskedStream stream = new Redactor(List.of("ab".repeat(300) + "c")).stream();
    String chunk = "ab".repeat(4096);
    long given = 0;
    for (int i = 0; i < 1000; i++) {
      given += stream.write(chunk).length();
      assertThat(1000L * chunk.length()).isGreaterThan(given);
    }
    assertThat(1000L * chunk.length() - given).isLessThan(1000);
  }

  @Test
  void secretsMayBeginWithAnyCharacter() {
    List<String> secrets =
        IntStream.rangeClosed(0x3400, 0x9fff).mapToObj(c -> (char) c + "abc" + (char) c).toList();
    Redactor redactor = new Redactor(secrets);

    assertThat(secrets).allMatch(secret -> redactor.mask("漢" + secret + "!").equals("漢****!"));
    assertThat(redactor.mask("a漢abc abc漢 漢ab漢abc漢")).isEqualTo("a漢abc abc漢 漢ab****");
    assertThat(masked("<漢字漢 漢字語学 字語学x 語学xyz>", "漢字漢字", "漢字語学", "字語学x", "語学xyz"))
        .isEqualTo("<漢字漢 **** **** ****>");
  }

  @Test
  void shortSecretsAndMaskedOnesAreNone() {
    assertThat(masked("abc **** 12", "abc", "****", "12")).isEqualTo("abc **** 12");
  }

  @Test
  void ofMoreSecretsThanAreLookedForEncodedAllAreMaskedInClear() {
    List<String> secrets = IntStream.range(100_000, 200_000).mapToObj(i -> "s" + i).toList();
    Redactor redactor = new Redactor(secrets);

    assertThat(redactor.findsAllForms()).isFalse();
    assertThat(redactor.mask("s100000, s150000 and s199999")).isEqualTo("****, **** and ****");
    assertThat(redactor.mask("s99999 and s200000")).isEqualTo("s99999 and s200000");
  }

  @Test
  void secretsWithinEachOtherAreMaskedByTheLongest() {
    assertThat(masked("<aaaa aaaaa aaaaaa>", "aaaa", "aaaaa")).isEqualTo("<**** **** ****>");
    assertThat(masked("<abcdefgh cdefgh defg>", "abcdefgh", "cdefgh", "defg"))
        .isEqualTo("<**** **** ****>");
    assertThat(masked("<abcdefgX>", "abcdefgh", "cdef")).isEqualTo("<ab****gX>");
  }

  @Test
  void whatASecretEndsWithDoesWhatItDoesElsewhere() {
    assertThat(masked("<secret://me:pa@host>", "secret://")).isEqualTo("<****@host>");
    assertThat(masked("<x-----BEGIN a\nb\n-----END a-----c>", "x-----BEGIN ")).isEqualTo("<****c>");
  }

  @Test
  void anySecretThatIsWrappedAfterEachCharacterIsMaskedFromItsStart() {
    assertThat(masked("<abcdefghi\nj\r\nk\nl>", "abcdefghijkl", "ghijkl")).isEqualTo("<****>");
  }

  /** However many end at a character and however often they are wrapped, one look must do. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void manySecretsWithinEachOtherCostLittleMoreThanOne(int lineLength) {
    String text = ("a".repeat(lineLength) + "\n").repeat(400_000 / (lineLength + 1));
    Redactor one = new Redactor(List.of("a".repeat(400)));
    Redactor many = new Redactor(IntStream.rangeClosed(4, 400).mapToObj("a"::repeat).toList());
    one.mask(text);
    many.mask(text);

    assertThat(cpuNanos(() -> many.mask(text))).isLessThan(20 * cpuNanos(() -> one.mask(text)));
  }

  private static long cpuNanos(Runnable work) {
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    work.run();
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
  }
}
