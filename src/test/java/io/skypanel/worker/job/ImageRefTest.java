package io.skypanel.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ImageRefTest {
  @Test
  void aUuidIsTheNameItself() {
    String id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    assertThat(ImageRef.clean(id)).isEqualTo(id);
  }

  @Test
  void idsThatDifferInCaseOrSignsAloneHaveNamesOfTheirOwn() {
    assertThat(
            Stream.of("acme-1", "Acme-1", "ACME-1", "acme_1", "acme.1", "acme-1-", "acme--1")
                .map(ImageRef::clean))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("acme-1(-[0-9a-f]{8})?"));
  }

  @Test
  void idsThatDifferBehindTheirBeginningHaveNamesOfTheirOwn() {
    assertThat(Stream.of("x", "y").map(end -> ImageRef.clean("a".repeat(63) + end)))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.length() == 63);
  }

  @Test
  void aNameIsWrittenPlainly() {
    assertThat(ImageRef.plain("My Shop (2)", "app")).isEqualTo("my-shop-2");
    assertThat(ImageRef.plain("店", "app")).isEqualTo("app");
  }

  @Test
  void anIdWithoutLetterOrDigitIsNone() {
    assertThat(ImageRef.isCleanable("..")).isFalse();
    assertThatThrownBy(() -> ImageRef.clean("..")).hasMessageContaining("'..'");
  }
}
