package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.hostile.HostileContent;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.BuildLimits;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClassicImageBuilderIT extends ImageBuilderContract {
  @Override
  ImageBuilder builder(
      DockerEngine engine, ImageSettings settings, Consumer<List<String>> leftovers) {
    return new ClassicImageBuilder(engine, WORKER, settings, leftovers);
  }

  static Stream<HostileContent> hostile() {
    return ImageBuilderContract.hostile().filter(content -> !content.buildKit());
  }

  @Override
  String sources() {
    return "1 files \\(0.0 MB\\)";
  }

  @Override
  boolean contextGoesUp() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(t -> t.getName().equals("context of d-" + unique));
  }

  @Test
  void anotherModeOfTheFilesKeepsTheCache() throws Exception {
    keepsTheCacheAfter("chmod -R g+w,o-r sub", "chmod 0700 .");
  }

  @Test
  void aBaseImageThatCannotBeHadEndsTheBuildBeforeIt() throws Exception {
    file("Dockerfile", "FROM localhost:1/none/at-all:1\n");

    assertThat(catchThrowable(this::build))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("The base image localhost:1/none/at-all:1 can't be pulled");
    assertThat(progress.output()).doesNotContain("Step 1");
  }

  @Test
  void namesTheUntaggedImagesThatASuccessfulBuildMade() throws Exception {
    file(
        "Dockerfile",
        base("RUN echo " + unique + " > /x").replaceFirst("\n", " AS first\n")
            + base("COPY --from=first /x /y\nRUN cat /y"));

    BuiltImage image = build();

    assertThat(image.intermediates()).hasSizeBetween(3, 8).doesNotContain(image.id());
    assertThat(image.intermediates())
        .allSatisfy(
            id -> assertThat(docker.inspectImageCmd(id).exec().getRepoTags()).isNullOrEmpty());
    assertThat(image.intermediates())
        .doesNotContain(docker.inspectImageCmd(BusyboxImage.NAME).exec().getId());
    assertThat(leftovers).isEmpty();
  }

  @Test
  void handsOverTheUntaggedImagesOfAFailedBuild() throws Exception {
    file("Dockerfile", base("RUN echo " + unique + " > /x\nRUN exit 1"));

    assertThat(catchThrowable(this::build)).isInstanceOf(BuildFailure.UserFault.class);

    assertThat(leftovers).hasSize(1);
  }

  @Test
  void aBaseImageForAnotherPlatformIsNotAskedFor() throws Exception {
    file("Dockerfile", "FROM --platform=linux/s390x " + BusyboxImage.NAME + "\nRUN true\n");

    assertThat(catchThrowable(this::build))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("--platform=linux/s390x");
    assertThat(progress.output()).isEmpty();
  }

  @Test
  void stepsHaveLimitsOfMemoryAndProcessors() throws Exception {
    use(engine, settings(new BuildLimits(1 << 20, 96 << 20, Optional.of(1), List.of(), false)));
    file(
        "Dockerfile",
        base(
            "RUN echo memory $(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit*)"
                + " && grep Cpus_allowed_list /proc/self/status && dd if=/dev/zero of=/dev/shm/x"
                + " bs=1M count=200; head -c 200m /dev/zero | tail | wc -c && echo took # "
                + unique));

    Throwable thrown = catchThrowable(this::build);

    assertThat(progress.output())
        .containsPattern("memory.* ?100663296")
        .containsPattern("Cpus_allowed_list:\\s*0\n")
        .doesNotContain("209715200");
    assertThat(thrown == null || thrown instanceof BuildFailure.UserFault).isTrue();
  }

  @Test
  void aPipeInTheRepositoryIsLeftOutWithAWarning() throws Exception {
    file("Dockerfile", base("COPY . /"));
    assertThat(new ProcessBuilder("mkfifo", checkout.resolve("pipe").toString()).start().waitFor())
        .isZero();

    build();

    assertThat(progress.lines())
        .anyMatch(line -> line.startsWith("WARN pipe is a device, socket or pipe"));
  }

  @Test
  void aFileThatVanishesWhileTheContextGoesUpFailsTheBuildByName() throws Exception {
    file("Dockerfile", base("COPY . /"));
    file("vanishing", "");
    assertThat(new ProcessBuilder("mkfifo", checkout.resolve("pipe").toString()).start().waitFor())
        .isZero();
    progress.onLine(line -> assertThat(checkout.resolve("vanishing").toFile().delete()).isTrue());

    assertThat(catchThrowable(this::build))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("vanishing can't be read for the build context");
  }

  @Test
  void anEngineThatIsNotThereIsTheWorkersFault() throws Exception {
    file("Dockerfile", base("RUN true"));
    try (DockerEngine absent =
        new DockerEngine(
            new DockerEndpoint("unix:///nonexistent/docker.sock", false, Optional.empty()))) {
      use(absent, ImageSettings.DEFAULT);

      assertThat(catchThrowable(this::build)).isInstanceOf(BuildFailure.WorkerFault.class);
    }
  }
}
