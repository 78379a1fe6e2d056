package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.ImageSettings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BuildKit by one request, and by buildx where that will not do. */
class DirectImageBuilderIT extends BuildKitContract {
  private int started;

  @Override
  ImageSettings.Builder choice() {
    return ImageSettings.Builder.AUTO;
  }

  @Override
  ProgramRunner programs() {
    ProcessGroupRunner real = new ProcessGroupRunner();
    return (command, folder, environment, output, stop) -> {
      started++;
      return real.run(command, folder, environment, output, stop);
    };
  }

  @Test
  void aSmallBuildStartsNoProgram() throws Exception {
    file("Dockerfile", base("ARG WHAT\nCOPY . /app\nRUN echo $WHAT; cat /app/sub/file"));
    file("sub/file", "content " + unique);

    build(job(Optional.empty(), Map.of("WHAT", "given-" + unique)));

    assertThat(started).isZero();
    assertThat(progress.output()).contains("given-" + unique, "content " + unique);
    assertThat(progress.lines())
        .contains("INFO [2/3] COPY . /app")
        .noneMatch(line -> line.startsWith("INFO") && line.contains("/context"));
  }

  @Test
  void whatTheCacheHasOfOneWayTheOtherTakes() throws Exception {
    String dockerfile = base("COPY sub /app\nRUN echo first time " + unique);
    file("Dockerfile", dockerfile);
    file("sub/file", unique);
    shell("ln -s file sub/link && chmod +x sub/file");
    build();
    file("Dockerfile", dockerfile + "# by ssh\n");

    build();

    assertThat(started).isEqualTo(1);
    assertThat(progress.output().lines().filter(("first time " + unique)::equals)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN --mount=type=secret,id=environment true",
        "RUN true # over ssh",
      })
  void whatMayNeedASessionIsDoneWithOne(String instruction) throws Exception {
    file("Dockerfile", base(instruction + " # " + unique));

    build();

    assertThat(started).isEqualTo(1);
  }

  @Test
  void whatABaseImagePutOffIsDoneWithASessionIfItNeedsOne() throws Exception {
    file("Dockerfile", base("ONBUILD RUN --mount=type=secret,id=environment echo late " + unique));
    BuiltImage base = build();
    docker.tagImageCmd(base.id(), "skypanel-test-base", unique).exec();
    int before = started;
    try {
      file("Dockerfile", "FROM skypanel-test-base:" + unique + "\n");

      build();

      assertThat(started).isEqualTo(before + 1);
      assertThat(progress.output()).contains("late " + unique);
    } finally {
      remove("skypanel-test-base:" + unique);
    }
  }

  @Test
  void manyFilesGoInASessionWhichSendsThoseThatChanged() throws Exception {
    file("Dockerfile", base("COPY . /app\nRUN ls /app | wc -l # " + unique));
    shell("i=0; while [ $i -lt 600 ]; do echo $i > file-$i; i=$((i+1)); done");

    build();

    assertThat(started).isEqualTo(1);
  }

  @Test
  void aFileThatIsSentWhateverTheRulesSayIsSeenByNoStep() throws Exception {
    file("Dockerfile", base("COPY . /app\nRUN echo there: $(ls -A /app) # " + unique));
    file(".dockerignore", "Dockerfile\n.dockerignore\n");
    file("file", "");

    build();

    assertThat(progress.output()).contains("there: file\n");
  }

  @Test
  void whatTheRulesLeaveOutIsSeenByNoStep() throws Exception {
    file("Dockerfile", base("COPY . /app\nRUN echo there: $(ls -A /app) # " + unique));
    file(".dockerignore", "*.log\nnode_modules\n");
    file("a.log", "");
    file("node_modules/x", "");
    file("file", "");

    build();

    assertThat(started).isZero();
    assertThat(progress.output()).contains("there: .dockerignore Dockerfile file\n");
  }

  @Test
  void anExceptionWithAWildcardReachesIntoFoldersThatAreLeftOut() throws Exception {
    file("Dockerfile", base("COPY . /app\nRUN echo there: $(find /app -type f) # " + unique));
    file(".dockerignore", "*\n!Dockerfile\n!.dockerignore\n!**/*.go\n");
    file("src/main.go", "");
    file("src/main.c", "");

    build();

    assertThat(progress.output()).contains("/app/src/main.go").doesNotContain("main.c");
  }

  @Test
  void aLongNameInTheFirstPlaceIsNoHindrance() throws Exception {
    String name = "0".repeat(200);
    file(name, "long " + unique);
    file("Dockerfile", base("COPY . /app\nRUN cat /app/" + name));

    build();

    assertThat(started).isZero();
    assertThat(progress.output()).contains("long " + unique);
  }

  @Test
  void aCommandThatSaysWhatBuildKitSaysIsNotBuiltTwice() throws Exception {
    file("Dockerfile", base("RUN echo " + unique + " no active sessions; exit 1"));

    assertThatThrownBy(this::build).isInstanceOf(BuildFailure.UserFault.class);

    assertThat(started).isZero();
  }

  @Test
  void anEnvironmentThatIsTooLargeForARequestGoesInASession() throws Exception {
    file("Dockerfile", base("ARG LARGE\nRUN echo ${#LARGE} # " + unique));

    build(job(Optional.empty(), Map.of("LARGE", "x".repeat(100_000))));

    assertThat(started).isEqualTo(1);
    assertThat(progress.output()).contains("100000\n");
  }

  @Test
  void aBaseImageThatTheEngineHasNotIsHadInASession() throws Exception {
    file("Dockerfile", "FROM localhost:1/none/at-all:1\n");

    assertThatThrownBy(this::build).hasMessageContaining("localhost:1/none/at-all:1");

    assertThat(started).isEqualTo(1);
  }
}
