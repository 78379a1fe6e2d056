package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildFailure;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeclaredArgumentsTest {
  @Test
  void readsEveryNameAndNothingElse() throws Exception {
    assertThat(
            names(
                """
                # syntax=docker/dockerfile:1
                ARG BASE=busybox:1
                FROM ${BASE}
                arg LOWER
                ARG A=1 B="x C=2" D='y E' \\
                    # a comment within
                    F

                ENV ARG=no
                RUN echo ARG NOT_THIS && \\
                  ARG NOR_THIS
                RUN <<EOF
                ARG IN_HEREDOC
                EOF
                COPY <<-"END" <<TWO /x/
                ARG NEITHER
                \tEND
                ARG NOR_THAT
                TWO
                RUN cat << SPACED
                ARG MAYBE
                SPACED
                RUN cat <<NEVER_ENDS
                ARG G
                """))
        .containsExactly("BASE", "LOWER", "A", "B", "D", "F", "G", "MAYBE");
  }

  @Test
  void readsAnotherEscapeCharacter() throws Exception {
    assertThat(names("# escape=`\nFROM x\nARG A=c:\\\nARG B `\n C\n"))
        .containsExactly("A", "B", "C");
  }

  @Test
  void readsNothingOutOfNothing() throws Exception {
    assertThat(names("")).isEmpty();
    assertThat(names("ARG\nARG 1x\n\\\n")).isEmpty();
  }

  private static Set<String> names(String dockerfile) throws BuildFailure.UserFault {
    return DeclaredArguments.of(
        Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(true)));
  }
}
