package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a build prints and however it is cut, no secret is in what comes out. */
@Tag("fuzz")
class RedactorFuzz {
  @Test
  void theOutputHasNoSecretAndIsTheSameHoweverTheTextIsCut() {
    Fuzzing.run(
        SecretText::random,
        given -> {
          String masked = given.maskedInParts();
          assertThat(masked).isEqualTo(new Redactor(given.secrets()).mask(given.text()));
          given.hidden().forEach(secret -> assertThat(masked).doesNotContain(secret));
        });
  }
}
