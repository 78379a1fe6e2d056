package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.BuildLimits;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What no Dockerfile and no context gets out of any {@link ImageBuilder}, on the real engine. */
abstract class HostileBuildContract extends PlannedBuildContract {
  @Test
  void anotherAppsImageIsNoBaseAndNoSourceByWhateverName() throws Exception {
    BuiltImage victim = victim();
    String name = victim.ref().toString();
    String other = "innocent-" + unique;
    docker.tagImageCmd(victim.id(), other, "1").exec();
    String id = victim.id().substring("sha256:".length());
    try {
      for (String dockerfile :
          List.of(
              "FROM " + name,
              "FROM docker.io/library/" + name,
              "ARG A=" + name.substring(0, 14) + "\nFROM ${A}" + name.substring(14),
              "FROM " + name + "-which-is-not-there",
              "FROM " + other + ":1",
              "FROM " + id,
              "FROM " + id.substring(0, 12),
              "FROM " + victim.id(),
              base("COPY --from=" + name + " /secret /"),
              base("COPY --from=" + other + ":1 /secret /"),
              base("COPY --from=" + id.substring(0, 12) + " /secret /"),
              base("ONBUILD COPY --from=" + name + " /secret /"))) {
        file("Dockerfile", dockerfile + "\n");

        assertThatThrownBy(this::build)
            .as(dockerfile)
            .isInstanceOf(BuildFailure.UserFault.class)
            .hasMessageContaining("line ")
            .hasMessageMatching(".*(no image of this app's|the id of an image).*");
      }
    } finally {
      remove(other + ":1");
    }
  }

  @Test
  void anImageOfTheAppsOwnMayBeBuiltOn() throws Exception {
    file("Dockerfile", base("RUN echo mine > /mine # " + unique));
    BuiltImage first = build();
    file("Dockerfile", "FROM " + first.ref() + "\nRUN cat /mine && echo again " + unique + "\n");

    build();

    assertThat(progress.output()).contains("mine\n", "again " + unique);
  }

  @Test
  void aTriggerOfABaseImageNamesNoOtherAppsImageEither() throws Exception {
    BuiltImage victim = victim();
    String base = "trigger-" + unique;
    Path dockerfile = Files.createTempDirectory("trigger").resolve("Dockerfile");
    Files.writeString(dockerfile, base("ONBUILD COPY --from=" + victim.ref() + " /secret /stolen"));
    try {
      docker
          .buildImageCmd(dockerfile.toFile())
          .withTags(Set.of(base + ":1"))
          .exec(new BuildImageResultCallback())
          .awaitImageId();
      file("Dockerfile", "FROM " + base + ":1\nRUN cat /stolen\n");

      assertThatThrownBy(this::build)
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("ONBUILD of " + base + ":1")
          .hasMessageContaining("no image of this app's");
    } finally {
      remove(base + ":1");
    }
  }

  @Test
  void aTriggerOfABaseImageThatIsYetToBePulledGivesNothingAway() throws Exception {
    BuiltImage victim = victim();
    Path folder = Files.createTempDirectory("trigger");
    Files.writeString(
        folder.resolve("Dockerfile"),
        base("ONBUILD COPY --from=" + victim.ref() + " /secret /stolen"));
    String local = "trigger-" + unique + ":1";
    docker
        .buildImageCmd(folder.toFile())
        .withTags(Set.of(local))
        .exec(new BuildImageResultCallback())
        .awaitImageId();
    try (PrivateRegistry registry = PrivateRegistry.start(workspace.resolveSibling(unique))) {
      String base = registry.push(docker, local, "base-" + unique);
      remove(local);
      remove(base);
      use(engine, settings(Optional.of(registry.config()), ImageSettings.Network.DEFAULT));
      file("Dockerfile", "FROM " + base + "\nRUN cat /stolen\n");
      int before = progress.output().length();

      assertThatThrownBy(this::build).isInstanceOf(BuildFailure.UserFault.class);

      assertThat(progress.output().substring(before)).doesNotContain("a secret");
      remove(base);
    }
  }

  @Test
  void aTriggerOfABaseImageFetchesNoAddress() throws Exception {
    Path folder = Files.createTempDirectory("trigger");
    Files.writeString(folder.resolve("Dockerfile"), base("ONBUILD ADD http://127.0.0.1:1/x /x"));
    String local = "trigger-" + unique + ":1";
    docker
        .buildImageCmd(folder.toFile())
        .withTags(Set.of(local))
        .exec(new BuildImageResultCallback())
        .awaitImageId();
    try (PrivateRegistry registry = PrivateRegistry.start(workspace.resolveSibling(unique))) {
      String base = registry.push(docker, local, "base-" + unique);
      file("Dockerfile", "FROM " + base + "\n");
      use(engine, settings(Optional.of(registry.config()), ImageSettings.Network.DEFAULT));
      for (boolean isThere : new boolean[] {true, false}) {
        if (!isThere) {
          remove(local);
          remove(base);
        }

        assertThatThrownBy(this::build)
            .as("is there: %s", isThere)
            .isInstanceOf(BuildFailure.UserFault.class)
            .hasMessageContaining("http://127.0.0.1:1/x")
            .hasMessageContaining("BUILD_REMOTE_ADD");
      }
      remove(base);
    }
  }

  @Test
  void theWorkersLabelsWinOverTheDockerfiles() throws Exception {
    file(
        "Dockerfile",
        base(
            "LABEL io.skypanel.app=other io.skypanel.worker=other io.skypanel.deployment=other\n"
                + "LABEL more="
                + unique));
    BuildJob job = job(Optional.empty(), Map.of());

    BuiltImage image = build(job);

    assertThat(docker.inspectImageCmd(image.id()).exec().getConfig().getLabels())
        .containsAllEntriesOf(Labels.of(WORKER, job))
        .containsEntry("more", unique);
  }

  @Test
  void aLinkOutOfTheCheckoutIsSentAsALink() throws Exception {
    Path secret = workspace.resolveSibling("secret-" + unique);
    Files.writeString(secret, "host secret " + unique);
    Files.createSymbolicLink(checkout.resolve("link"), secret);
    Files.createSymbolicLink(checkout.resolve("folder"), secret.getParent());
    file("Dockerfile", base("COPY . /app\nRUN ls -l /app && cat /app/link; echo end"));

    build();

    assertThat(progress.output()).contains("link -> " + secret).doesNotContain("host secret");
    Files.delete(secret);
  }

  @Test
  void aLinkThatIsCopiedByNameIsNotFollowedOnTheHost() throws Exception {
    Path secret = workspace.resolveSibling("secret-" + unique);
    Files.writeString(secret, "host secret " + unique);
    Files.createSymbolicLink(checkout.resolve("link"), secret);
    Files.createSymbolicLink(checkout.resolve("up"), Path.of(".."));
    for (String copied : List.of("link", "up/secret-" + unique, "../secret-" + unique)) {
      file("Dockerfile", base("COPY " + copied + " /x\nRUN cat /x # " + unique));

      Throwable failed = catchThrowable(this::build);

      assertThat(progress.output()).as("%s, %s", copied, failed).doesNotContain("host secret");
    }
    Files.delete(secret);
  }

  @Test
  void noProgramOfTheContextRunsAsAnotherUser() throws Exception {
    file("run", "x");
    file("folder/file", "x");
    shell("chmod 6755 run && chmod 3777 folder");
    file("Dockerfile", base("COPY . /app\nRUN echo found: $(find /app -perm /7000) # " + unique));

    build();

    assertThat(progress.output()).contains("found:\n");
  }

  @Test
  void tooLargeAContextIsRefusedBeforeAnythingIsSent() throws Exception {
    use(engine, settings(new BuildLimits(1 << 20, 4L << 30, Optional.empty(), List.of(), false)));
    file("small/file", "x");
    shell("mkdir -p large && truncate -s 50G large/file");
    file("Dockerfile", base("COPY . /"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("more than 1 MB (MAX_CONTEXT_MB)")
        .hasMessageContaining("The most is in large")
        .hasMessageContaining(".dockerignore");

    file(".dockerignore", "large\n");
    build();
  }

  @Test
  void stepsAreNeitherPrivilegedNorOnTheHostsNetwork() throws Exception {
    file(
        "Dockerfile",
        base(
            "RUN echo caps $(grep CapEff /proc/self/status) && ls /dev && ls /sys/class/net;"
                + " mount -t tmpfs x /mnt && echo mounted; echo "
                + unique));

    build();

    assertThat(progress.output())
        .containsPattern("caps CapEff:\\s*0000000[0-9a-f]")
        .doesNotContain("mounted\n", "docker0", "mem\n");
    for (String flag :
        List.of("--security=insecure", "--network=host", "--privileged", "--device=/dev/kvm")) {
      file("Dockerfile", base("RUN " + flag + " echo escaped-" + unique));

      assertThat(catchThrowable(this::build)).as(flag).isInstanceOf(BuildFailure.class);
      assertThat(progress.output()).doesNotContain("escaped-" + unique + "\n");
    }
  }

  @Test
  void anImageWhoseRecordIsMadeToFillMemoryIsRefusedAndRemoved() throws Exception {
    StringBuilder large = new StringBuilder("ARG A=" + "x".repeat(30_000) + "\nLABEL");
    for (int i = 0; i < 40; i++) {
      large.append(i % 4 == 3 ? "\nLABEL" : "").append(" l").append(i).append("=$A");
    }
    StringBuilder labels = new StringBuilder("LABEL");
    for (int i = 0; i < 1100; i++) {
      labels.append(" l").append(i).append("=x");
    }
    String longName = "LABEL " + "a".repeat(51_000) + "=x";
    assertRefusedAndRemoved(large.toString(), "64 KB with the labels before it");
    for (String excess : List.of(labels.toString(), longName, "EXPOSE 1-60000")) {
      assertRefusedAndRemoved(excess, "The image can't be used");
    }
  }

  private void assertRefusedAndRemoved(String excess, String message) throws Exception {
    file("Dockerfile", base(excess));

    assertThatThrownBy(this::build)
        .as(excess.substring(0, 10))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining(message);
    String name = ImageRef.of(job(Optional.empty(), Map.of())).toString();
    assertThatThrownBy(() -> docker.inspectImageCmd(name).exec())
        .isInstanceOf(NotFoundException.class);
  }

  /** An image of another app, with something in it. */
  private BuiltImage victim() throws Exception {
    file("Dockerfile", base("RUN echo a secret > /secret # " + unique));
    return build(job("victim-" + unique, Optional.empty(), Map.of()));
  }

  final void shell(String command) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", command).directory(checkout.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
