package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.skypanel.worker.settings.RedactSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRulesTest {
  private static final String SHA = "f2e33b75a8c1d09e4b6f7a2c3d5e8f90ab1c4d6e";
  private final SecretRules rules = new SecretRules(List.of("*KEY*", "*PASS*", "MY_*"));

  private List<String> secrets(String name, String value) {
    return rules.secrets(Map.of(name, value), Set.of());
  }

  @Test
  void aNameThatSaysSoMakesItsValueSecretInAnyCase() {
    assertThat(secrets("API_KEY", "some words")).contains("some words");
    assertThat(secrets("db.password", "some words")).contains("some words");
    assertThat(secrets("MY_NAME", "some words")).contains("some words");
    assertThat(secrets("NOT_MY_NAME", "some words")).isEmpty();
  }

  @Test
  void whatBeginsAsADigestAndIsNoneIsASecret() {
    assertThat(secrets("API_KEY", "sha256-totallysecretvalue")).isNotEmpty();
    assertThat(secrets("A\u2028KEY", "some words")).contains("some words");
    assertThat(secrets("API_KEY", "sha256:" + "9f86d081".repeat(8))).isEmpty();
    assertThat(secrets("API_KEY", "sha512-" + "Ab1+".repeat(21) + "Ab==")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "No", "production", "localhost", "3000", "86400", "1.5", "none"})
  void wordsThatHideNothingAreNoSecretsWhateverTheirName(String value) {
    assertThat(secrets("KEY", value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9f86d081884c7d659a2feaa0c55ad015",
        "qL8vT2mZ4xW9bN3k",
        "x9$Kd!2mQ#f8Lp0Z",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "550e8400-e29b-41d4-a716-446655440000",
        "sk_live_51Habc9XyZ12QwErTy34",
        "AKIAIOSFODNN7EXAMPLE2X4Y",
        "c2VjcmV0LXZhbHVlLTEyMzQ1Njc4OTA="
      })
  void whatLooksRandomIsSecretWhateverItsName(String value) {
    assertThat(secrets("HARMLESS", value)).containsExactly(value);
    assertThat(secrets("HARMLESS", "x=" + value + ";y=1"))
        .anyMatch(found -> value.startsWith(found));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my-production-app-name",
        "https://api.example.com/v1/organizations",
        "/usr/local/lib/python3.11/site-packages",
        "node-20.11.1-alpine3.19",
        "--max-old-space-size=4096",
        "2026-01-15T10:00:00.000Z",
        "com.example.application.Main",
        "ThisIsSomeCamelCaseName",
        "jdbc:postgresql://db.internal:5432/orders",
        "us-east-1a,us-east-1b,us-east-1c",
        "TLS_AES_256_GCM_SHA384",
        "registry.example.com/shop@sha256:9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
        "2001:0db8:85a3:08d3:1319:8a2e:0370:7344",
        "12345678901234567890",
        "Mozilla/5.0 (X11; Linux x86_64; rv:109.0)",
        "The quick brown fox jumps over the lazy dog"
      })
  void whatPeopleWriteIsNot(String value) {
    assertThat(secrets("HARMLESS", value)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"GIT_COMMIT,0", "SOURCE_SHA,0", "HARMLESS,1", "SHARED,1", "PREVIEW,1"})
  void aCommitIsNoSecretWhereItsNameSaysSo(String name, int secrets) {
    assertThat(secrets(name, SHA)).hasSize(secrets);
  }

  @Test
  void whatIsShownEverywhereIsNoSecret() {
    assertThat(rules.secrets(Map.of("HARMLESS", SHA, "KEY", "app-1"), Set.of(SHA, "app-1")))
        .isEmpty();
  }

  @Test
  void passwordsInUrlsAreSecretByThemselves() {
    assertThat(secrets("DATABASE_URL", "postgres://me:s3cr%40t@db:5432/orders"))
        .containsExactlyInAnyOrder("s3cr%40t", "s3cr@t");
    assertThat(secrets("REPO", "https://glpat-x1Y2z3A4b5C6d7E8@host/x"))
        .contains("glpat-x1Y2z3A4b5C6d7E8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://myorg@dev.azure.com/myorg/shop",
        "https://john@bitbucket.org/john/shop.git",
        "postgres://postgres@localhost/x",
        "http://build@proxy:3128",
        "smtp://me%40example.com@mail",
      })
  void aNameThatStandsAloneInAUrlIsNoSecret(String url) {
    assertThat(secrets("REPO", url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://tokenofletters@host/x, tokenofletters",
    "https://tok%2Fen@host/x, tok%2Fen tok/en",
    "https://git@host/x, ''",
    "https://me:s3cr3t-t@host/x, s3cr3t-t",
    "https://host/x, ''",
  })
  void inARepositorysOwnAddressWhateverStandsAloneMayBeAToken(String url, String secrets) {
    assertThat(SecretRules.ofRepository(url))
        .containsExactlyInAnyOrder(secrets.isEmpty() ? new String[0] : secrets.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "https://tokenofletters:x-oauth-basic@host/x, tokenofletters",
    "https://x-access-token:s3cr3t-t@host/x, s3cr3t-t",
    "https://gitlab-ci-token:s3cr3t-t@host/x, s3cr3t-t",
    "https://oauth2:s3cr3t-t@host/x, s3cr3t-t",
    "postgres://orders:test@db/orders, ''",
    "postgres://orders:s3cr3t-t@db/orders, s3cr3t-t",
    "smtp://me%40example.com:s3cr3t-t@mail, s3cr3t-t",
    "https://tok%2Fen:x-oauth-basic@host, tok%2Fen tok/en",
    "https://ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8:pass-word@host,"
        + " ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8 pass-word",
  })
  void aTokenInTheUserNamesPlaceIsSecretAndANameIsNot(String url, String secrets) {
    assertThat(SecretRules.ofUrls(url))
        .containsExactlyInAnyOrder(secrets.isEmpty() ? new String[0] : secrets.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "https://me:pa/ss:w@rd@host/x, pa/ss:w@rd",
    "postgres://:pa/ss@db:5432/x, pa/ss",
    "https://a.example.com:1/b https://me:pa/ss@host/x, pa/ss",
    "mongodb://me:s3cr3t-t@a:27017/x, s3cr3t-t",
    "smtp://me@example.com:pa/ss@mail, pa/ss",
    "mongodb://me:pa/s@s@a:27017/x, pa/s@s",
  })
  void aPasswordWithASlashThatShouldBeEncodedIsFoundToo(String url, String password) {
    assertThat(SecretRules.ofUrls(url)).containsExactly(password);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://registry.example.com:4873/@scope/package",
        "https://registry.example.com/@scope/package",
        "https://[2001:db8::1]:443/@scope/package",
        "mongodb://a:27017,b:27018/x?by=c@d",
        "file:///home/a:b/c@d",
        "https://",
        "://@://@",
        "https://host"
      })
  void aPathWithAnAtHoldsNoPassword(String url) {
    assertThat(SecretRules.ofUrls(url)).isEmpty();
  }

  @Test
  void aValueOfManyUrlsCostsLittle() {
    assertThat(SecretRules.ofUrls("://a:b,".repeat(20_000))).isEmpty();
    assertThat(SecretRules.ofUrls("://" + "a,".repeat(64_000) + ":b@c")).isEmpty();
  }

  @Test
  void ofAWebhooksAddressItsTokenIsSecret() {
    assertThat(
            secrets("HOOK", "https://hooks.example.com/services/T00/B00/XyZ12abQ9Kd34mNpW7rT6uVs"))
        .containsExactly("XyZ12abQ9Kd34mNpW7rT6uVs");
  }

  @ParameterizedTest
  @CsvSource({
    "Server=db;User Id=sa;Password=Str0ngPwd;, Str0ngPwd",
    "Server=db;Pwd = Str0ngPwd, Str0ngPwd",
    "AccountName=shop;AccountKey=a+b/c==;EndpointSuffix=x, a+b/c==",
    "SharedAccessKeyName=Root;SharedAccessKey=abc=, abc=",
    "jdbc:mysql://db/x?user=me&password=s3cr%40t&ssl=true, s3cr%40t s3cr@t",
    "run --client-secret=hunter2 --quiet, hunter2",
    "Server=db;Password='a b';, a b",
    "password=test, ''",
    "password=, ''",
  })
  void whatAValueItselfCallsAPasswordIsSecret(String value, String secrets) {
    assertThat(secrets("HARMLESS", value.replace("a b", "a;b")))
        .containsExactlyInAnyOrder(
            secrets.isEmpty() ? new String[0] : secrets.replace("a b", "a;b").split(" "));
  }

  @Test
  void aConnectionStringIsSecretByItsName() {
    String value = "Server=db;Integrated Security=true";
    var defaults = new SecretRules(RedactSettings.NAMES);
    for (String name : List.of("ConnectionStrings__Default", "DB_CONNECTION_STRING", "CONNSTR")) {
      assertThat(defaults.secrets(Map.of(name, value), Set.of())).containsExactly(value);
    }
    assertThat(defaults.secrets(Map.of("DB_CONNECTIONS", value), Set.of())).isEmpty();
  }

  @Test
  void base64ThatBeginsWithASlashIsNoPath() {
    assertThat(secrets("SIGN", "/9Xk2/Lm3Qp+7Zt1/vB8nR5w=="))
        .contains("/9Xk2/Lm3Qp+7Zt1/vB8nR5w==");
    assertThat(secrets("SIGN", "/9Xk2/Lm3Qp+7Zt1/vB8nR5wQ")).contains("/9Xk2/Lm3Qp+7Zt1/vB8nR5wQ");
    assertThat(secrets("INCLUDES", "/usr/include/c++/12/bits/stdc++")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"glpat-aaaaaaaaaaaaaa", "xoxb-111111111111-222222222222", "AKIAAAAAAAAAAAAAAAAA"})
  void aTokenOfAKnownKindIsSecretWhereverItStands(String token) {
    assertThat(secrets("HARMLESS", token)).containsExactly(token);
    assertThat(secrets("HARMLESS", "of http://host/" + token + "/x")).containsExactly(token);
    assertThat(SecretRules.isName(token)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "npm_config_cache_directory",
        "ASIAPACIFICSOUTHEAST",
        "pypi-angular-devtools",
        "hf_transformers_cache",
        "SG.some.words-and-more",
        "glpat-short"
      })
  void wordsThatBeginLikeATokenAreNone(String value) {
    assertThat(secrets("HARMLESS", value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b",
        "1",
        "1.1 ",
        "a.",
        "aB",
        "B",
        "password=",
        "password=\"",
        "AKIA",
        "-SG.",
        "+/"
      })
  void aLongValueCostsLittle(String part) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> secrets("HARMLESS", part.repeat(100_000)));
  }
}
