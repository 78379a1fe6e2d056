package io.skypanel.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionRangeTest {
  private static final List<String> VERSIONS =
      List.of("3.9", "3.10", "3.11", "3.12", "4.0", "18", "20", "22", "24");

  @ParameterizedTest
  @CsvSource(
      delimiterString = " = ",
      value = {
        "22 = 22",
        "v22.11.0 = 22",
        "22.x = 22",
        "20.* = 20",
        "^20.5.1 = 20",
        "~22.3 = 22",
        ">=18 <23 = 18 20 22",
        ">= 18, < 23 = 18 20 22",
        ">18.0 = 18 20 22 24",
        ">=20.0.0 = 20 22 24",
        "<=20 = 3.9 3.10 3.11 3.12 4.0 18 20",
        "18 - 22 = 18 20 22",
        "18 || 22 = 18 22",
        "^18 | ^22 = 18 22",
        "=22.1.0 = 22",
        "3.11.* = 3.11",
        "~=3.10 = 3.10 3.11 3.12",
        "~=3.10.2 = 3.10",
        "~> 3.11.0 = 3.11",
        "~> 3.11 = 3.11 3.12",
        "==3.9 = 3.9",
        ">=3.10,<4 = 3.10 3.11 3.12",
        ">=3.10,!=3.11.2,<3.12 = 3.10 3.11",
        "^3.10 = 3.10 3.11 3.12",
        "* = 3.9 3.10 3.11 3.12 4.0 18 20 22 24",
        "lts/* = 3.9 3.10 3.11 3.12 4.0 18 20 22 24",
      })
  void acceptsWhatItsWriterMeans(String range, String accepted) {
    VersionRange parsed = VersionRange.parse(range).orElseThrow();

    assertThat(VERSIONS.stream().filter(parsed::meets)).containsExactlyElementsOf(list(accepted));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "banana", "22\nRUN evil", "22; rm -rf /", "$(id)", "22 ||", "9999999999"})
  void passesOverWhatIsNoRange(String text) {
    assertThat(VersionRange.parse(text)).isEmpty();
  }

  private static List<String> list(String words) {
    return Stream.of(words.split(" ")).toList();
  }
}
