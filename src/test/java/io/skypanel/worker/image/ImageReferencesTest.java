package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ImageReferencesTest {
  static final String VICTIM = "skypanel-app-victim:1";

  /** Each names it in one of the ways that builders read. */
  static List<String> hidden() {
    return List.of(
        "FROM skypanel-app-victim:1",
        "from\tskypanel-app-victim:1",
        "\u00a0 FROM \\\n# a comment\n\n  skypanel-app-victim:1 AS x",
        "FROM --platform=linux/amd64 skypanel-app-victim:1",
        "# escape=`\nFROM `\nskypanel-app-victim:1",
        "#!/usr/bin/env x\nFROM \\\nskypanel-app-victim:1",
        "# a comment\n# escape=`\nFROM \\\nskypanel-app-victim:1",
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM `\nskypanel-app-victim:1",
        "\uFEFF# syntax=docker/dockerfile:1\nFROM skypanel-app-victim:1",
        "ARG A=skypanel-app B=\"-vic\"tim\nFROM ${A}$B:1",
        "ARG A=skypanel\nARG B='-app-victim:1'\nARG C=$A$B\nFROM \"$C\"",
        "FROM ${X:-skypanel-app-victim:1}",
        "FROM ${X-skypanel-app-victim}:1",
        "ARG X=1\nFROM ${X:+skypanel-app-victim:1}",
        "ARG X=1\nFROM ${X+skypanel-app-${Y:-victim}:1}",
        "FROM skypanel\\-app-victim:1",
        "FROM skypanel-app-victim:1 a\u017f y",
        "ARG -- X=skypanel-app-victim:1\nFROM $X",
        "FROM skypanel-app-victim:1 aS y",
        "FROM 'skypanel'-app-\"victim\":1",
        "ARG GIVEN\nFROM $GIVEN",
        "ARG GIVEN=harmless\nFROM $GIVEN",
        "FROM skypanel-app-$TARGETOS:1\nFROM skypanel-app-victim:1",
        "FROM a AS skypanel-app-victim\nFROM skypanel-app-victim:1",
        "FROM scratch\nCOPY --from=skypanel-app-victim:1 / /",
        "FROM scratch\nCOPY --chown=1 --FROM=skypanel-app-victim:1 / /",
        "FROM scratch\nCOPY --fr\\om=\"skypanel\"-app-victim:1 / /",
        "FROM scratch\nONBUILD COPY --from=skypanel-app-victim:1 / /",
        "FROM scratch\nONBUILD onbuild onbuild COPY --from=skypanel-app-victim:1 / /",
        "FROM scratch\nONBU\u0130LD COPY --from=skypanel-app-victim:1 / /",
        "FROM scratch\nRUN --mount=from=skypanel-app-victim:1,target=/x true",
        "FROM scratch\nRUN --network=none --mount=type=cache,\"FROM=skypanel-app-victim:1\" true",
        "FROM scratch\nRUN <<EOF\nFROM skypanel-app-victim:1\nEOF\n",
        "FROM scratch\nRUN cat <<EOF\n<<X\nEOF\nFROM skypanel-app-victim:1\nX\n",
        "FROM scratch\nRUN cat <<'EOF\\'\nEOF\\\nFROM skypanel-app-victim:1\n",
        "FROM scratch\nRUN cat <<E\"O\"F\nEOF\nFROM skypanel-app-victim:1\n",
        "FROM scratch\nRUN echo \\\\\nFROM skypanel-app-victim:1\n",
        "FROM scratch\nRUN echo \\\\\\\nx\nFROM skypanel-app-victim:1\n",
        "FROM scratch\r\nRUN true\r\nFROM skypanel-app-victim:1\r\n");
  }

  @ParameterizedTest
  @MethodSource("hidden")
  void findsAnImageHoweverItIsWritten(String dockerfile) throws Exception {
    assertThat(names(dockerfile)).contains(VICTIM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "skypanel-app-victim:1",
        "SKYPANEL-app-victim",
        "docker.io/skypanel-app-victim",
        "docker.io/library/skypanel-app-victim@sha256:00",
        "index.docker.io/library/skypanel-app-victim:1",
        "library/skypanel-app-victim"
      })
  void knowsTheWorkersOwnNamesWhateverStandsBeforeThem(String name) {
    assertThat(new ImageReference(name, "").appRepository()).contains("skypanel-app-victim");
  }

  @Test
  void otherNamesAreNoneOfTheWorkersOwn() {
    for (String name : List.of("node:20", "example.com/skypanel-app-x", "me/skypanel-app-x")) {
      assertThat(new ImageReference(name, "").appRepository()).isEmpty();
    }
  }

  @Test
  void stagesAreNoImagesButForNamesOfThoseThatComeLater() throws Exception {
    assertThat(
            names(
                """
                FROM node:20 AS Build
                FROM build AS second
                COPY --from=0 / /
                COPY --from=BUILD / /
                COPY --from=third / /
                RUN --mount=from=second,target=/x --mount=type=cache,target=/y true
                FROM scratch AS third
                COPY --from=7 / /
                ONBUILD COPY --from=0 / /
                COPY --from=1234567890123456789 / /
                # FROM comment
                """))
        .containsExactly("node:20", "third", "1234567890123456789");
  }

  /** Builders refuse the whole file for it, and an honest here-document has such lines. */
  @Test
  void behindFromStandsOneWordOrThree() throws Exception {
    assertThat(names("FROM a\nfrom os import path\nfrom os import path, sep\n"))
        .containsExactly("a");
  }

  @Test
  void aMaintainersNameInAnotherEncodingIsFine() throws Exception {
    assertThat(names("FROM a\nMAINTAINER \ufffdric\nLABEL a=\ufffd\n# \ufffd\nRUN echo \ufffd"))
        .containsExactly("a");
  }

  @Test
  void whatComesFromTheJobStandsForItselfAndIsNotFilledInAgain() throws Exception {
    assertThat(of("ARG A=x\nARG B\nFROM ${B}\nFROM a:$A", Map.of("B", "b$A"), Map.of()).all())
        .extracting(ImageReference::name)
        .containsExactly("a:x");
  }

  @Test
  void thePlatformIsFilledInWhereTheBuilderKnowsIt() throws Exception {
    Map<String, String> known = Map.of("TARGETARCH", "amd64", "TARGETVARIANT", "");

    assertThat(of("FROM base-$TARGETARCH$TARGETVARIANT", Map.of(), known).all())
        .extracting(ImageReference::name)
        .containsExactly("base-amd64");
  }

  @Test
  void aPlatformThatIsDeclaredAgainIsReadInBothWaysOfBuilders() throws Exception {
    Map<String, String> known = Map.of("TARGETARCH", "amd64");
    String dockerfile = "ARG TARGETARCH\nFROM a AS base-amd64\nFROM base-${TARGETARCH}";

    assertThat(of(dockerfile, Map.of(), known).all())
        .extracting(ImageReference::name)
        .contains("a")
        .doesNotContain("base-amd64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ARG X=a.b\nFROM ${X%.*}",
        "ARG X=a.b\nARG Y=${X#a}\nFROM ${Y}",
        "FROM $$X",
        "FROM $1",
        "FROM \"a",
        "FROM ${X",
        "FROM ${X:?no}",
        "ARG X\nFROM ${X-a}",
        "FROM $X\u00e9",
        "FROM ${TARGETSTAGE}:1 AS skypanel-app-victim",
        "ARG TARGETSTAGE\nFROM ${TARGETSTAGE}:1",
        "FROM ${TARGETVARIANT:+skypanel-app-victim:1}",
        "FROM a\nCOPY --from=$X / /",
        "FROM a\nCOPY --from=a\\\\b / /",
        "FROM a\nCOPY --from b / /",
        "FROM a\nCOPY --chown=\u00e0--from=b / /",
        "FROM a\nRUN --mount=\\\"from=b\\\" true",
        "FROM a\rFROM b\n",
        "FROM \ufffdskypanel-app-victim:1",
        "ARG \ufffdX=skypanel-app-victim:1\nFROM $X",
        "FROM a\nCOPY \ufffd--from=skypanel-app-victim:1 / /",
        "FROM a\nCOPY --chown=1 \ufffd\ufffd--from=skypanel-app-victim:1 / /",
        "#!x\n# escape=`\nFROM a\nRUN true \\\nFROM skypanel-app-victim:1",
        "# check=skip=all\n# escape=`\nFROM a\nRUN true `\nFROM skypanel-app-victim:1",
        "# x=y\n# escape=`\nFROM a",
        "#\u000bescape=`\nFROM a\nRUN true `\nFROM skypanel-app-victim:1",
        "# syntax=a\u0085\n# escape=`\nFROM a\nRUN true `\nFROM skypanel-app-victim:1",
        "# syntax=a\u2028b\n# escape=`\nFROM a",
        "#\u00a0escape=`\nFROM a\nRUN true `\nFROM skypanel-app-victim:1",
        "# syntax=  \n# escape=`\nFROM a",
        "\n# escape=`\nFROM a",
        "# escape=x\nFROM a",
        "# escape=\\\n# escape=`\nFROM a",
        "# escape=`\nFROM a\nCOPY --fr`om=skypanel-app-victim:1 / /",
        "# escape=`\nFROM a\nCOPY --fr\\om=skypanel-app-victim:1 / /",
      })
  void whatCannotBeToldIsTheUsersFault(String dockerfile) {
    assertThatThrownBy(() -> names(dockerfile))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Dockerfile");
  }

  @Test
  void noMessageIsLongOrHasControlCharacters() {
    for (String text :
        List.of(
            "FROM a\nCOPY --from=$" + "x".repeat(60_000),
            "FROM ${" + "X".repeat(60_000) + "#",
            "FROM a\n" + "X\u001b".repeat(60_000) + " --from")) {
      assertThatThrownBy(() -> names(text))
          .isInstanceOf(BuildFailure.UserFault.class)
          .message()
          .hasSizeLessThan(1000)
          .doesNotContain("\u001b");
    }
  }

  @Test
  void anArgumentThatCannotBeToldMattersOnlyWhereItIsUsed() throws Exception {
    assertThat(names("ARG X=1.2\nARG Y=${X%.*}\nFROM a:$X\nARG Z=${Y}\nRUN echo ${Y%x}"))
        .containsExactly("a:1.2");
  }

  @Test
  void isNotHeldUpByTextThatIsMadeForIt() {
    String doubling = "ARG A0=aaaaaaaaaa\n";
    for (int i = 1; i < 60; i++) {
      doubling += "ARG A" + i + "=$A" + (i - 1) + "$A" + (i - 1) + "\n";
    }
    for (String text :
        List.of(
            doubling + "FROM $A59",
            "FROM " + "${A:-".repeat(200_000),
            "FROM " + "\\".repeat(1_000_000),
            "RUN " + "<<A ".repeat(250_000),
            "FROM a\n" + "RUN <<A\n".repeat(20_000),
            "FROM a\n" + "COPY --from=b" + " --from=c".repeat(100_000) + " / /",
            "ARG " + "A=\"b ".repeat(200_000),
            "\\\n".repeat(500_000),
            "ONBUILD ".repeat(100_000) + "RUN x",
            "FROM " + "a/".repeat(100_000),
            "ARG A=$A$A\n".repeat(50_000) + "FROM $A")) {
      try {
        names(text);
      } catch (BuildFailure.UserFault e) {
        assertThat(e).hasMessageContaining("Dockerfile").message().hasSizeLessThan(2000);
      }
    }
  }

  static List<String> names(String dockerfile) throws BuildFailure.UserFault {
    return of(dockerfile, Map.of("GIVEN", VICTIM), Map.of("TARGETOS", "linux")).all().stream()
        .map(ImageReference::name)
        .toList();
  }

  private static ImageReferences of(
      String dockerfile, Map<String, String> given, Map<String, String> predefined)
      throws BuildFailure.UserFault {
    Readings readings = Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(false));
    return ImageReferences.of(readings, given, predefined);
  }
}
