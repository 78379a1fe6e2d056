package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ReadingsTest {
  private static final String BODY =
      """
      FROM skypanel-app-victim:1
      COPY --from=$X / /
      ADD http://a /
      ENV A=$A
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN <<EOF",
        "RUN python3 - 3<<'EOF' > /x",
        "COPY --chown=$UID:${GID} <<\"EOF\" ${HOME}/x",
        "ADD <<-EOF /x",
        "ONBUILD RUN <<EOF",
        "RUN cat <<'E'O\"F\"",
      })
  void whatStandsInAHereDocumentIsNoInstruction(String announcing) throws Exception {
    String dockerfile = "FROM a\n" + announcing + "\n" + BODY.repeat(20) + "EOF\nFROM b\n";

    Readings readings = read(dockerfile, true);

    assertThat(names(readings)).containsExactly("a", "b");
    RemoteSources.check(readings);
    GrowingValues.check(readings, Map.of());
  }

  /** Since BuildKit 0.22 it is one, before that none. */
  @Test
  void aBlankBeforeTheNameIsReadInBothWays() throws Exception {
    Readings readings = read("FROM a\nRUN << EOF\nRUN <<X\nEOF\nFROM b\nX\nFROM c\n", true);

    assertThat(readings.all()).hasSize(2);
    assertThat(names(readings)).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void aShiftOfAShellsEndsNoOtherHereDocument() throws Exception {
    Readings readings =
        read("FROM a\nRUN echo $(( 1 << 3 ))\nRUN <<EOF\nFROM b\nEOF\nFROM c\n", true);

    assertThat(names(readings)).containsExactly("a", "c");
  }

  @Test
  void anEscapeCharacterOfWhatABaseHasPutOffIsTheUsersFault() {
    assertThatThrownBy(
            () -> Readings.ofTriggers("base", List.of("RUN a", "# escape=`\nADD h`ttp://a /x")))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("an ONBUILD of base sets an escape character; build on another image");
  }

  @Test
  void moreLinesThanAnybodyPutsOffAreTheUsersFault() throws Exception {
    for (List<String> triggers :
        List.of(Collections.nCopies(10_002, "A"), List.of("RUN a\n", "A\n".repeat(10_000)))) {
      assertThatThrownBy(() -> Readings.ofTriggers("base", triggers))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessage("base has put off (ONBUILD) more than 10000 lines; build on another image");
    }
    assertThat(Readings.ofTriggers("base", Collections.nCopies(10_000, "A")).all()).hasSize(1);
  }

  @Test
  void aBuilderThatMayKnowNoHereDocumentsReadsItAsInstructions() throws Exception {
    Readings readings = read("FROM a\nRUN <<EOF\nFROM skypanel-app-victim:1\nEOF\n", false);

    assertThat(names(readings)).containsExactly("a", "skypanel-app-victim:1");
  }

  /** In each of them BuildKit sees the last line, or one of its versions does. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN <<'-#'\n#\n#\n-#\nFROM skypanel-app-victim:1",
        "RUN <<''\nFROM skypanel-app-victim:1",
        "RUN \"<<EOF\"\nFROM skypanel-app-victim:1",
        "RUN ''<<EOF\nFROM skypanel-app-victim:1",
        "RUN a<<EOF\nFROM skypanel-app-victim:1",
        "RUN <<<EOF\nFROM skypanel-app-victim:1",
        "RUN <<EOF '\nFROM skypanel-app-victim:1",
        "RUN [\"<<EOF\"]\nFROM skypanel-app-victim:1",
        "CMD <<EOF\nFROM skypanel-app-victim:1",
        "ONBUILD ONBUILD RUN <<EOF\nFROM skypanel-app-victim:1",
        "RUN cat <<A <<B\nB\nA\nA\nB\nFROM skypanel-app-victim:1",
        "RUN cat << EOF\nFROM skypanel-app-victim:1",
        "RUN cat << EOF\nRUN <<X\nEOF\nFROM skypanel-app-victim:1\nX",
        "RUN cat <<\t\t'EOF'\nEOF\nFROM skypanel-app-victim:1",
        "RUN << <<EOF\nFROM skypanel-app-victim:1",
        "RUN <<\fEOF\nFROM skypanel-app-victim:1",
      })
  void whatFollowsNoneOrItsEndIsAnInstruction(String rest) throws Exception {
    assertThat(names(read("FROM a\n" + rest + "\nEOF\n#\n", true)))
        .contains("skypanel-app-victim:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN true <<${X:-EOF}",
        "RUN true ${X:-<<EOF}",
        "RUN true ${X:- }<<EOF",
        "RUN true <${X:-}<EOF",
        "RUN true <${X:-${Y:-}}<EOF",
        "RUN true ${X:-<}<EOF",
        "RUN true ${X:?} <<EOF",
        "RUN true <<EOF $",
        "RUN true $X<<EOF",
        "RUN true <$X<EOF",
        "RUN true <<$X",
        "RUN true <<\"$X\"",
        "RUN true <<\"E\\OF\"",
        "RUN true <<E\\OF",
        "RUN true <<- EOF",
        "RUN true <<\u00e9",
        "RUN true <<\ufffd",
        "RUN true <<\ufeffEOF",
        "RUN true <<'\ufffd\\'",
        "COPY <<EOF ${DIR:-/app}/x",
        "ONBUILD RUN <<$X",
        "COPY --chown=<<EOF [\"a\",\"b\"]",
        "ONBUILD COPY --chown=1 --chmod=<<EOF [\"a\",\"b\"]",
        "COPY --chown=\u00e0 <<EOF /x",
        "ONBUILD -- COPY <<EOF /x",
        "ONBUILD \ufffdCOPY <<EOF /x",
        "# escape=`\nRUN <<EOF\\",
      })
  void whatMayOrMayNotBeAHereDocumentIsTheUsersFault(String text) {
    String first = text.startsWith("#") ? text : "FROM a\n" + text;

    assertThatThrownBy(() -> read(first + "\nEOF\n", true))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageMatching(
            "(RUN|COPY|ONBUILD) in line 2 of Dockerfile: whether a here-document follows can't be"
                + " told, for it has .*; write it plainly");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN x=$((1<<3)) && echo $(( 1 << 3 )) ${HOME}",
        "RUN wc -l < ${FILE:-/x} && bash -c 'cat <<< \"${X:-y}\"'",
        "RUN awk '$1 < 3 { print }' /x",
        "CMD echo ${X:-<<EOF}",
      })
  void whatIsNoneAnywayIsFine(String instruction) throws Exception {
    assertThat(names(read("FROM a\n" + instruction + "\nFROM b\n", true)))
        .containsExactly("a", "b");
  }

  @Test
  void isNotHeldUpByTextThatIsMadeForIt() throws Exception {
    for (String text :
        List.of(
            "# syntax=b" + " ".repeat(1_000_000) + "c",
            "#" + " ".repeat(1_000_000) + "c",
            "RUN <" + "${".repeat(500_000),
            "RUN <" + "${X:-".repeat(200_000) + "<",
            "RUN " + "<<A$ ".repeat(200_000),
            "RUN " + "<<A ".repeat(250_000),
            "RUN <<" + "'".repeat(1_000_000),
            "RUN <<\n".repeat(200_000))) {
      try {
        read(text, true);
        read("FROM a\n" + text, true);
      } catch (BuildFailure.UserFault e) {
        assertThat(e).message().hasSizeLessThan(1000);
      }
    }
  }

  private static Readings read(String dockerfile, boolean heredocs) throws BuildFailure.UserFault {
    return Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(heredocs));
  }

  private static List<String> names(Readings readings) throws BuildFailure.UserFault {
    return ImageReferences.of(readings, Map.of(), Map.of()).all().stream()
        .map(ImageReference::name)
        .toList();
  }
}
