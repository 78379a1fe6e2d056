package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.settings.BuildLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a Dockerfile is, reading it ends soon, and with nothing worse than a user's fault. */
@Tag("fuzz")
class ImageReferencesFuzz {
  private static final String VICTIM = "skypanel-app-victim:1";

  /** Some builders see each as an image. */
  private static final List<String> VICTIMS =
      List.of(
          "FROM %s",
          "FROM %s a\u017f y",
          "FROM \ufffd%s",
          "COPY \ufffd--from=%s / /",
          "RUN cat << Q1\nFROM %s\nQ1",
          "RUN cat << Q1\nRUN <<Q2\nQ1\nFROM %s\nQ2",
          "COPY --chown=<<Q1 [\"a\", \"b\"]\nFROM %s\nQ1");

  private static final List<String> HEAD =
      List.of(
          "#",
          "#!x",
          "//",
          "escape",
          "ESCAPE",
          "syntax",
          "check",
          "x",
          "=",
          "`",
          "\\",
          "\n",
          " ",
          "\t",
          "\r\n",
          "\u000b",
          "\f",
          "\u0085",
          "\u00a0",
          "\u2028",
          "\ufeff",
          "\ufffd",
          "# escape=`\n",
          "# syntax=a\n",
          "# check=a\n",
          "FROM a\n");

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
          "#!",
          "# check=a\n",
          "# escape=",
          "\u000b",
          "\u2028",
          "\u017f",
          "\ufffd",
          "[\"",
          "\"]",
          "<<EOF",
          "<< EOF",
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

  /** What stands behind a whole text, on lines of its own, is found, or the text refused. */
  @Test
  void anInstructionIsFoundBehindWhateverEndsItsLine() {
    Fuzzing.run(
        ImageReferencesFuzz::dockerfile,
        text -> {
          String harmless = text.replaceAll("[\\\\`]", "").replace("\r", "");
          for (String victim : VICTIMS) {
            if (victim.contains("<<Q2") && harmless.contains("<<")) {
              // builders refuse a here-document that has no end, and see nothing behind it
              continue;
            }
            String more = harmless + "\n\n" + victim.formatted(VICTIM) + "\n";
            assertThat(read(more, false)).as(victim).isTrue();
            assertThat(read(more, true)).as(victim).isTrue();
          }
        });
  }

  /** Or the text is refused. */
  @Test
  void theEscapeCharacterIsThatOfEveryBuilder() {
    Fuzzing.run(
        ImageReferencesFuzz::head,
        text -> {
          try {
            char escape = Directives.of("Dockerfile", text).escape();
            for (String known : List.of("escape|syntax", "escape|syntax|check", "[a-z]+")) {
              assertThat(escape).isEqualTo(escape(text, "[\t\n\f\r ]*", known));
              assertThat(escape).isEqualTo(escape(text, "[\\s\\p{Z}\\x85]*", known));
            }
          } catch (BuildFailure.UserFault e) {
            assertThat(e).hasMessageContaining("may or may not set the escape character");
          }
        });
  }

  /** As a builder finds it that knows those directives, with such blanks behind the sign. */
  private static char escape(String text, String blanks, String known) {
    Pattern directive =
        Pattern.compile(
            "#%s(?i:(%s))[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+?)[\t\n\f\r ]*".formatted(blanks, known));
    for (String line : text.replaceFirst("^\uFEFF", "").split("\n", -1)) {
      Matcher found = directive.matcher(GoText.trimStart(line));
      if (!found.matches()) {
        break;
      }
      if (found.group(1).equalsIgnoreCase("escape") && found.group(2).matches("[\\\\`]")) {
        return found.group(2).charAt(0);
      }
    }
    return '\\';
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

  private static String head(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      text.append(HEAD.get(random.nextInt(HEAD.size())));
    }
    return text.toString();
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
