package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrowingValuesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ENV A=$A$A\n",
        "ENV A $A$A\n",
        "ARG A=${A}${A:-x}\n",
        "LABEL A=\"$A $A\"\nENV A=$A$A\n"
      })
  void whatDoublesIsTheUsersFault(String line) {
    String dockerfile = "FROM a\nENV A=0123456789\n" + line.repeat(20);

    assertThatThrownBy(() -> check(dockerfile))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("of Dockerfile grows to more than 128 KB");
  }

  @Test
  void whatGrowsAsPathsDoIsFine() {
    assertThatCode(() -> check("FROM a\n" + "ENV PATH=/opt/some/bin:$PATH A=$PATH\n".repeat(60)))
        .doesNotThrowAnyException();
  }

  private static void check(String dockerfile) throws BuildFailure.UserFault {
    GrowingValues.check(Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(false)));
  }
}
