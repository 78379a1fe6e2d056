package io.skypanel.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"a", "0", "AZ-az_09.", "2f1e6c2a-0000-4000-8000-0123456789ab", "a..", "9-"})
  void anIdIsOfLettersDigitsAndThreeSigns(String id) {
    assertThat(FieldRules.isId(id)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-rf", ".git", "_a", "a b", "a/b", "a\n", "\na", "a\0", "ä", "a١", "aé"})
  void anIdIsNothingElse(String value) {
    assertThat(FieldRules.isId(value)).isFalse();
  }

  @Test
  void noCharacterBesideALetterOrDigitIsOne() {
    assertThat(Stream.of("@", "[", "`", "{", "/", ":").flatMap(c -> Stream.of(c, "a" + c)))
        .noneMatch(FieldRules::isId);
  }

  @Test
  void anIdIsOf63CharactersAtMost() {
    assertThat(FieldRules.isId("a".repeat(63))).isTrue();
    assertThat(FieldRules.isId("a".repeat(64))).isFalse();
  }
}
