package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class GrowingValuesTest {
  private static final String KILOBYTE = "x".repeat(1024);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ENV A=$A$A\n",
        "ENV A $A$A\n",
        "ARG A=${A}${A:-x}\n",
        "LABEL A=\"$A $A\"\nENV A=$A$A\n",
        "FROM b\nENV A=$A$A\n",
        "FROM a AS b\nFROM b AS a\nENV A=$A$A\n",
        "ARG N=A\nENV $N=$A$A\n",
        "ENV \"A\"=$A$A\n",
        "ENV A=${A//x/xxxxxxxxxx}\n",
        "ENV A=${A//0/$A}\n",
        "ENV 1=$1$1\n",
        "ENV -- A=$A$A\n",
        "ENV -- A $A$A\n",
        "ENV 12=${12}${12}\n",
        "ENV @=$@$@\n",
        "ENV \u00e9=$\u00e9$\u00e9\n",
        "ENV A\u00e91=${A\u00e91}$A\u00e91\n",
        "ENV A=\\\\$A\\\\$A\n",
        "ENV A=${A//0/'}'$A$A$A}\n"
      })
  void whatDoublesIsTheUsersFault(String line) {
    String dockerfile = "FROM a\nENV A=0123456789\n" + line.repeat(20);

    assertThatThrownBy(() -> check(dockerfile, Map.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageFindingMatch(
            "of Dockerfile grows to more than (128 KB|64 KB with the labels before it)");
  }

  @Test
  void manyLabelsOfOneLongValueAreTheUsersFault() {
    StringBuilder text = new StringBuilder("FROM a\nENV A=" + KILOBYTE.repeat(20) + "\n");
    for (int i = 0; i < 4; i++) {
      text.append("LABEL l").append(i).append("=$A\n");
    }
    assertThatThrownBy(() -> check(text.toString(), Map.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining(
            "Line 6 of Dockerfile grows to more than 64 KB with the labels before");
  }

  @Test
  void aVariableOfTheBaseImageMayBeLong() {
    assertThatThrownBy(() -> check("FROM a\n" + "ENV A=$A$A\n".repeat(7), Map.of()))
        .hasMessageContaining("grows to more than 128 KB");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY <<E /x\n%sE\n",
        "ADD <<-\"E\" <<E /x\nE\n%sE\n",
        "ONBUILD COPY << E /x\n%sE\n"
      })
  void variablesInAHereDocumentThatTheBuilderFillsInCount(String instruction) {
    String body = ("$A".repeat(100) + "\n").repeat(100);

    assertThatThrownBy(
            () -> check("FROM a\nENV A=" + KILOBYTE + "\n" + instruction.formatted(body), true))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Line 3 of Dockerfile grows to more than 128 KB");
  }

  @Test
  void whatIsPutOffCountsWithTheValuesOfLater() {
    String first = "FROM a AS b\nENV A=x\n";
    String then = "ENV A=" + "x".repeat(100 * 1024) + "\nFROM b\n";

    assertThatThrownBy(() -> check(first + "ONBUILD LABEL a=$A$A\n" + then, Map.of()))
        .hasMessageContaining("Line 3 of Dockerfile grows to more than 128 KB");
    assertThatThrownBy(() -> check(first + "ONBUILD ENV A=$A$A\n" + then, Map.of()))
        .hasMessageStartingWith("ENV in line 3 of Dockerfile is put off and sets a value");
    assertThatCode(() -> check(first + "ONBUILD ENV B=y\nONBUILD RUN $A\n" + then, Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void aReplacementInAScriptCounts() {
    assertThatThrownBy(() -> check("FROM a\nENV A=" + KILOBYTE + "\nRUN ${A//x/$A}\n", Map.of()))
        .hasMessageContaining("Line 3 of Dockerfile grows to more than 128 KB");
  }

  @Test
  void whatTheJobGivesCounts() {
    assertThatThrownBy(
            () -> check("FROM a\nARG A\nENV B=" + "$A".repeat(200), Map.of("A", KILOBYTE)))
        .hasMessageContaining("Line 3 of Dockerfile grows to more than 128 KB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"STOPSIGNAL $A\n", "WORKDIR $A\n", "FROM a\nENV B=$A\n", "RUN true\n"})
  void manyInstructionsAreTooLongTogetherWhateverStageTheyAreIn(String line) {
    String dockerfile = "FROM a\nENV A=" + "x".repeat(100 * 1024) + "\n" + line.repeat(700);

    assertThatThrownBy(() -> check(dockerfile, Map.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("grows to more than 64 MB with those before it");
  }

  @Test
  void whatGrowsAsPathsDoIsFine() {
    assertThatCode(
            () ->
                check(
                    "FROM a\n"
                        + "ENV PATH=/opt/some/bin:$PATH A=$PATH\n".repeat(60)
                        + "ENV LIBRARIES $CUDA/lib:$LIBRARIES\n".repeat(60)
                        + "LABEL org.example.title=x\nRUN echo ${V//./-} $1 $x\n".repeat(60)
                        + ("RUN " + "f $x ${y} || ".repeat(500) + "true\n").repeat(60)
                        + ("RUN for x in ${PATH//:/$x}; do " + "f; ".repeat(300) + "done\n")
                        + ("ENV B=${V//./_} C=${UNKNOWN//\\./-}\n")
                        + ("COPY <<E /x\n" + "\\$host \\${port}\n".repeat(1000) + "E\n")
                        + ("COPY <<'E' /x\n" + "$host ${port}\n".repeat(1000) + "E\n"),
                    Map.of("V", "1.2.3")))
        .doesNotThrowAnyException();
  }

  @Test
  void isNotHeldUpByTextThatIsMadeForIt() {
    for (String text :
        new String[] {
          "ENV A=" + "${A/".repeat(200_000),
          "ENV " + "A=$A ".repeat(200_000),
          "RUN " + "$A".repeat(400_000),
          "ENV " + "A=${A/${A}${A}${A}/ ".repeat(40_000),
          "ENV A=${A/" + "${A}".repeat(200_000)
        }) {
      assertThatThrownBy(() -> check("FROM a\nENV A=1\n" + text, Map.of()))
          .hasMessageContaining("grows to more than");
    }
  }

  private static void check(String dockerfile, boolean heredocs) throws BuildFailure.UserFault {
    GrowingValues.check(
        Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(heredocs)), Map.of());
  }

  private static void check(String dockerfile, Map<String, String> given)
      throws BuildFailure.UserFault {
    GrowingValues.check(
        Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(false)), given);
  }
}
