package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnCacheTest {
  @Test
  void everyStageDeclaresTheArgumentAndNothingElseChanges() throws Exception {
    assertThat(
            apart("# escape=`\r\nARG A\nfrom `\n # comment\n a AS b\nRUN <<E\nFROM c\nE\nFROM d"))
        .isEqualTo(
            "# escape=`\r\nARG A\nfrom `\n # comment\n a AS b\nARG SKYPANEL_CACHE\n"
                + "RUN <<E\nFROM c\nE\nFROM d\nARG SKYPANEL_CACHE\n");
  }

  /** The line would stand within a here-document for the one, and outside of it for the other. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN python3 << EOF\nfrom x import y\nEOF",
        "RUN echo \\\\\nFROM b",
      })
  void whereBuildersDifferInTheStagesTheFileIsRefused(String rest) {
    assertThatThrownBy(() -> apart("FROM a\n" + rest + "\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Dockerfile uses secrets, and builders differ in which lines begin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ENV SKYPANEL_CACHE=x", "ARG A=$SKYPANEL_CACHE", "RUN echo ${SKYPANEL_CACHE}"})
  void aDockerfileThatNamesTheArgumentIsRefused(String instruction) {
    assertThatThrownBy(() -> OwnCache.check("app/Dockerfile", "FROM a\n" + instruction))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "app/Dockerfile names SKYPANEL_CACHE, which is the worker's own; give it another name");
  }

  private static String apart(String dockerfile) throws BuildFailure.UserFault {
    Readings readings = Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(true));
    return OwnCache.apart(readings, dockerfile);
  }
}
