package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link ImageBuilder} promises about plans and settings, on the real engine. */
abstract class PlannedBuildContract extends ImageBuilderBench {
  @Test
  void onlyDeclaredVariablesAreBuildArguments() throws Exception {
    file("Dockerfile", base("ARG SHOWN=default\nRUN echo [$SHOWN] [$HIDDEN] # " + unique));

    build(job(Optional.empty(), Map.of("SHOWN", "from job", "HIDDEN", "hidden")));

    assertThat(progress.output()).contains("[from job] []\n");
  }

  @Test
  void aDockerfileOfOurOwnIsInNoCheckoutAndItsIgnoreFileCountsInsteadOfTheRepositorys()
      throws Exception {
    file("kept", "kept " + unique + "\n");
    file("dropped", "dropped");
    file("Dockerfile", "not this one");
    file(".dockerignore", "kept\n");
    Dockerfile generated =
        new Dockerfile(
            "a Dockerfile of ours",
            base("COPY . /app\nRUN ls -a /app && cat /app/kept"),
            Optional.of("dropped\n"));

    build(plan(generated, Optional.empty(), Map.of()), job(Optional.empty(), Map.of()));

    assertThat(progress.output().lines().map(String::strip))
        .contains("kept", "Dockerfile", "kept " + unique)
        .doesNotContain("dropped")
        .noneMatch(name -> name.startsWith(".skypanel"));
    try (Stream<Path> files = Files.list(checkout)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("kept", "dropped", "Dockerfile", ".dockerignore");
    }
    assertThat(checkout.resolve("Dockerfile")).hasContent("not this one");
  }

  @Test
  void aMistakeInADockerfileOfOurOwnIsToldByTheNameItIsShownBy() {
    Dockerfile generated = new Dockerfile("node.Dockerfile", base("FOO bar"), Optional.of(""));

    assertThatThrownBy(
            () ->
                build(plan(generated, Optional.empty(), Map.of()), job(Optional.empty(), Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("The Dockerfile node.Dockerfile is not valid");
  }

  @Test
  void thePlansArgumentsWinOverTheJobs() throws Exception {
    Dockerfile generated =
        new Dockerfile(
            "Dockerfile",
            base("ARG A\nARG B\nRUN echo \"[$A] [$B]\" # " + unique),
            Optional.of(""));

    build(
        plan(generated, Optional.empty(), Map.of("A", "plan")),
        job(Optional.empty(), Map.of("A", "job a", "B", "$HOME ${B} 'quoted' \\ é")));

    assertThat(progress.output()).contains("[plan] [$HOME ${B} 'quoted' \\ é]\n");
  }

  @Test
  void noLineAndNoMessageHasAnArgumentsValue() throws Exception {
    file("Dockerfile", base("ARG TOKEN\nRUN test -z $TOKEN # " + unique));

    assertThatThrownBy(() -> build(job(Optional.empty(), Map.of("TOKEN", "sesame-" + unique))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageNotContaining("sesame")
        .hasMessageContaining("failed with exit code 1 (step ");
    assertThat(progress.lines()).noneMatch(line -> line.contains("sesame"));
  }

  @Test
  void theTargetIsTheStageThatIsBuilt() throws Exception {
    String two = base("RUN echo one " + unique).replaceFirst("\n", " AS one\n");
    file("Dockerfile", two + base("RUN echo two " + unique).replaceFirst("\n", " AS two\n"));

    build(plan(Optional.of("one")), job(Optional.empty(), Map.of()));

    assertThat(progress.output()).contains("one " + unique).doesNotContain("two " + unique);
  }

  @Test
  void aTargetThatIsNotThereIsNamed() throws Exception {
    file("Dockerfile", base("RUN true"));

    assertThatThrownBy(() -> build(plan(Optional.of("nowhere")), job(Optional.empty(), Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("The Dockerfile Dockerfile has no stage nowhere");
  }

  @Test
  void withoutANetworkCommandsReachNothing() throws Exception {
    use(engine, settings(Optional.empty(), ImageSettings.Network.NONE));
    file("Dockerfile", base("RUN echo " + unique + " && ls /sys/class/net && cat /proc/net/route"));

    build();

    assertThat(progress.output()).contains("lo\n").doesNotContain("eth0");
  }

  @Test
  void aBaseImageOfAPrivateRegistryTakesTheLogin() throws Exception {
    try (PrivateRegistry registry = PrivateRegistry.start(workspace.resolveSibling(unique))) {
      String base = registry.push(docker, BusyboxImage.NAME, "base-" + unique);
      file("Dockerfile", "FROM " + base + "\nRUN echo private " + unique + "\n");

      Throwable without = catchThrowable(this::build);
      use(engine, settings(Optional.of(registry.config()), ImageSettings.Network.DEFAULT));
      build();

      assertThat(without).isInstanceOf(BuildFailure.UserFault.class).hasMessageContaining(base);
      assertThat(progress.output()).contains("private " + unique);
      assertThat(progress.lines()).noneMatch(line -> line.contains(registry.password()));
      remove(base);
    }
  }
}
