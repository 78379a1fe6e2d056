package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactionTest {
  private static final String TOKEN = "the-worker's";

  private final Redaction redaction =
      new Redaction(new SecretRules(List.of("*KEY*")), () -> List.of(TOKEN));

  private Redactor open(String build, String key) {
    return redaction.open(build, Map.of("API_KEY", key), List.of(), List.of());
  }

  @Test
  void aShortSecretBlanksOutNoWordOfOthersTexts() {
    open("d-1", "build");

    assertThat(redaction.mask("the build of others")).isEqualTo("the build of others");
    assertThat(redaction.mask("d-2", "the build of d-2")).isEqualTo("the build of d-2");
  }

  @Test
  void aLongSecretOfABuildInFlightIsMaskedEverywhere() {
    open("d-1", "hunter2-hunter2");

    assertThat(redaction.mask("it is hunter2-hunter2")).isEqualTo("it is ****");
    assertThat(redaction.mask("d-2", "it is hunter2-hunter2")).isEqualTo("it is ****");
    redaction.close("d-1");
    assertThat(redaction.mask("it is hunter2-hunter2")).isEqualTo("it is hunter2-hunter2");
  }

  @Test
  void ofSeveralLinesEachIsLongOrShortByItself() {
    open("d-1", "build\nhunter2-hunter2");

    assertThat(redaction.mask("build with hunter2-hunter2")).isEqualTo("build with ****");
  }

  @Test
  void aBuildsOwnTextsLoseItsShortSecretsToo() {
    Redactor own = open("d-1", "build");

    assertThat(redaction.mask("d-1", "the build")).isEqualTo("the ****");
    assertThat(own.mask("the build")).isEqualTo("the ****");
  }

  @Test
  void whatAJobSaysConfirmsNoGuessOfOthersSecrets() {
    open("d-1", "hunter2-hunter2");
    open("d-2", "build");

    assertThat(redaction.maskAlone("d-2", "hunter2-hunter2 to build by " + TOKEN))
        .isEqualTo("hunter2-hunter2 to **** by ****");
    assertThat(redaction.maskAlone("", "hunter2-hunter2")).isEqualTo("hunter2-hunter2");
  }

  @Test
  void theWorkersOwnSecretsAreMaskedInEveryText() {
    assertThat(redaction.mask(TOKEN)).isEqualTo("****");
    assertThat(redaction.mask("d-1", TOKEN)).isEqualTo("****");
    assertThat(open("d-1", "build").mask(TOKEN)).isEqualTo("****");
  }
}
