package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.settings.BuildLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a Dockerfile is, reading it ends soon, and with nothing worse than a user's fault. */
@Tag("fuzz")
class ImageReferencesFuzz {
  private static final String VICTIM = "skypanel-app-victim:1";
  private static final List<String> WORDS =
      List.of(
          "FROM ",
          "from\t",
          "COPY ",
          "ADD ",
          "RUN ",
          "ARG ",
          "ENV ",
          "ONBUILD ",
          "--from=",
          "--mount=",
          "--",
          "type=cache,",
          "from=",
          " AS x",
          "A=",
          "B=",
          "$A",
          "${A}",
          "${A:-",
          "${B:+",
          "${A#",
          "}",
          "\"",
          "'",
          "\\",
          "`",
          "\\\n",
          "\\\\\n",
          "\n",
          "\n\n",
          "\r\n",
          "\r",
          "# escape=`\n",
          "# syntax=a\n",
          "//syntax=b\n",
          "{\"syntax\":",
          "#",
          " ",
          "<<EOF",
          "<<-'E'\n",
          "EOF\n",
          "E\n",
          "\t",
          "0",
          "a",
          "\u00a0",
          "\u0085",
          "\ufeff",
          "é",
          "\0",
          "\ud800",
          "scratch",
          ",",
          "=",
          "skypanel-app-",
          "victim:1",
          "@sha256:",
          "/",
          ":");

  @Test
  void readingItEndsSoonAndWell() {
    Fuzzing.run(
        ImageReferencesFuzz::dockerfile,
        text -> {
          long start = System.nanoTime();
          read(text, false);
          read(text, true);
          assertThat(Duration.ofNanos(System.nanoTime() - start))
              .isLessThan(Duration.ofSeconds(20));
        });
  }

  /** What stands behind a whole text, on a line of its own, is found, or the text refused. */
  @Test
  void anInstructionIsFoundBehindWhateverEndsItsLine() {
    Fuzzing.run(
        ImageReferencesFuzz::dockerfile,
        text -> {
          String harmless = text.replaceAll("[\\\\`]", "").replace("\r", "");
          String more = harmless + "\n\nFROM " + VICTIM + "\n";
          assertThat(read(more, false)).isTrue();
          assertThat(read(more, true)).isTrue();
        });
  }

  /** Whether the victim is among the names, or the text is refused. */
  private static boolean read(String text, boolean heredocs) {
    try {
      Frontend.check("Dockerfile", text, BuildLimits.DEFAULT.frontends());
      Readings readings = Readings.of("Dockerfile", text, DockerfileReader.Dialect.of(heredocs));
      DeclaredArguments.of(readings);
      GrowingValues.check(readings, Map.of());
      return ImageReferences.of(readings, Map.of("B", "b"), Map.of()).all().stream()
          .anyMatch(reference -> reference.name().equals(VICTIM));
    } catch (BuildFailure.UserFault e) {
      assertThat(e).hasMessageContaining("Dockerfile");
      assertThat(e.getMessage().length()).isLessThan(2_000);
      return true;
    }
  }

  private static String dockerfile(Random random) {
    StringBuilder text = new StringBuilder();
    int words = random.nextInt(random.nextInt(50) == 0 ? 5000 : 60);
    for (int i = 0; i < words; i++) {
      String word = WORDS.get(random.nextInt(WORDS.size()));
      text.append(random.nextInt(300) == 0 ? word.repeat(random.nextInt(20_000)) : word);
    }
    return text.length() > 1 << 20 ? text.substring(0, 1 << 20) : text.toString();
  }
}
