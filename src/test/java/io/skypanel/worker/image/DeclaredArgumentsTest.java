package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeclaredArgumentsTest {
  @Test
  void readsEveryNameAndNothingElse() {
    assertThat(
            DeclaredArguments.of(
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
                RUN cat <<NEVER_ENDS
                ARG G
                """))
        .containsExactly("BASE", "LOWER", "A", "B", "D", "F", "G");
  }

  @Test
  void readsAnotherEscapeCharacter() {
    assertThat(DeclaredArguments.of("# escape=`\nFROM x\nARG A=c:\\\nARG B `\n C\n"))
        .containsExactly("A", "B", "C");
  }

  @Test
  void readsNothingOutOfNothing() {
    assertThat(DeclaredArguments.of("")).isEmpty();
    assertThat(DeclaredArguments.of("ARG\nARG 1x\n\\\n")).isEmpty();
  }
}
