package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectImageResponse;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Labels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every {@link ImageBuilder} promises, on the real engine. */
abstract class ImageBuilderContract extends HostileContentContract {
  @Test
  void buildsTagsAndLabelsAndShowsTheOutput() throws Exception {
    file("Dockerfile", base("RUN echo hello from step && echo " + unique + " > /x"));

    BuiltImage image = build();

    InspectImageResponse inspected = docker.inspectImageCmd(image.ref().toString()).exec();
    assertThat(image.id()).isEqualTo(inspected.getId());
    assertThat(image.ref()).hasToString("skypanel-app-a-" + unique + ":d-" + unique);
    assertThat(inspected.getConfig().getLabels())
        .containsAllEntriesOf(Labels.of(WORKER, job(Optional.empty(), Map.of())));
    assertThat(progress.output()).contains("hello from step\n");
    assertThat(progress.lines()).first().isEqualTo("IMAGE");
    assertThat(progress.lines())
        .last()
        .asString()
        .matches(
            "INFO Built \\Q"
                + image.ref()
                + "\\E \\([0-9a-f]{12}, [0-9.]+ MB\\) from "
                + sources()
                + " in [0-9.]+ s");
  }

  @Test
  void showsLinesWhileTheBuildRunsAndLeavesNothingRunningWhenItIsStopped() throws Exception {
    file(
        "Dockerfile",
        base(
            "RUN echo " + unique + " > /x\nRUN echo started && sleep 300 && echo ended-" + unique));
    var run = CompletableFuture.supplyAsync(() -> catchThrowable(this::build));
    await().atMost(Duration.ofSeconds(60)).until(() -> progress.output().contains("started\n"));
    assertThat(ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")))
        .anyMatch(command -> command.contains("ended-" + unique));
    long stopped = System.nanoTime();

    BuildFailure why = new BuildFailure.TimedOut("too long");
    stop.stop(why);

    assertThat(run.get()).isSameAs(why);
    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(5));
    assertThat(docker.listContainersCmd().withShowAll(true).exec())
        .noneMatch(c -> c.getCommand().contains("echo started && sleep 300"));
    // the engine ends it as soon as it sees that nobody listens any more
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () ->
                ProcessHandle.allProcesses()
                    .map(p -> p.info().commandLine().orElse(""))
                    .noneMatch(command -> command.contains("ended-" + unique)));
  }

  @Test
  void stoppingWhileTheContextGoesUpEndsTheBuild() throws Exception {
    file("Dockerfile", base("COPY . /"));
    Process fill =
        new ProcessBuilder("truncate", "-s", "1900M", checkout.resolve("large").toString()).start();
    assertThat(fill.waitFor()).isZero();
    var run = CompletableFuture.supplyAsync(() -> catchThrowable(this::build));
    await().atMost(Duration.ofSeconds(60)).until(this::contextGoesUp);

    stop.stop(new BuildFailure.Cancelled("cancelled"));

    assertThat(run.get()).isInstanceOf(BuildFailure.Cancelled.class);
    await().until(() -> !contextGoesUp());
  }

  @Test
  void buildsByADockerfileInASubfolderWithTheWholeRepositoryAsContext() throws Exception {
    file("deploy/app.Dockerfile", base("COPY top /\nRUN cat /top"));
    file("top", "from the top " + unique);

    build(job(Optional.of("deploy/app.Dockerfile"), Map.of()));

    assertThat(progress.output()).contains("from the top " + unique);
  }

  @Test
  void aFailedCommandGivesInstructionExitCodeAndStep() throws Exception {
    file("Dockerfile", base("RUN echo " + unique + " > /x\nRUN echo reason; exit 42"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageMatching("RUN echo reason; exit 42 failed with exit code 42.*");
    assertThat(progress.output()).contains("reason\n");
    assertThat(docker.listContainersCmd().withShowAll(true).exec())
        .noneMatch(c -> c.getCommand().contains("echo reason; exit 42"));
  }

  @Test
  void aMissingDockerfileIsNamedWithThoseThereAre() throws Exception {
    file("a/Dockerfile", "");
    file("web.Dockerfile", "");
    file("node_modules/x/Dockerfile", "");

    assertThatThrownBy(() -> build(job(Optional.of("b/Dockerfile"), Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The Dockerfile b/Dockerfile is not in the repository; these are: a/Dockerfile,"
                + " web.Dockerfile");
  }

  @Test
  void aDockerfileOutsideTheCheckoutIsRefused() throws Exception {
    Files.createSymbolicLink(checkout.resolve("link"), Path.of("/etc/passwd"));

    // a job has no path like ../x (JobFieldsTest)
    assertThatThrownBy(() -> build(job(Optional.of("link"), Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("leads out of the repository");
  }

  @Test
  void aMistakeInTheDockerfileIsTheUsersFault() throws Exception {
    file("Dockerfile", base("FOO bar"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("unknown instruction: FOO");
  }

  @Test
  void anEmptyDockerfileIsTheUsersFault() throws Exception {
    file("Dockerfile", "");

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Dockerfile");
  }

  @Test
  void aFileToCopyThatIsNotThereIsTheUsersFault() throws Exception {
    file("Dockerfile", base("COPY absent /"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("COPY absent /")
        .hasMessageContaining("step 2/");
  }

  @Test
  void aBaseImageThatCannotBeHadIsNamed() throws Exception {
    file("Dockerfile", "FROM localhost:1/none/such:9\n");

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.class)
        .hasMessageContaining("localhost:1/none/such:9");
  }

  @Test
  void anotherOwnerOrTimeOfTheFilesKeepsTheCache() throws Exception {
    keepsTheCacheAfter("chown -R 1234:1234 sub", "touch -d 2001-01-01 sub");
  }
}
