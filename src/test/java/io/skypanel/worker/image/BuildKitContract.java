package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.BuildLimits;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of BuildKit, however it is spoken to. */
abstract class BuildKitContract extends ImageBuilderContract {
  @TempDir Path state;

  private DockerEndpoint endpoint =
      new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty());

  /** By the request alone where that will do, or by buildx alone. */
  abstract ImageSettings.Builder choice();

  /** What runs buildx. */
  ProgramRunner programs() {
    return new ProcessGroupRunner();
  }

  @Override
  ImageBuilder builder(
      DockerEngine engine, ImageSettings settings, Consumer<List<String>> leftovers) {
    Optional<Path> plugin = BuildxPlugin.find(System.getenv());
    assertThat(plugin).as("buildx is missing; run bin/docker-engine").isPresent();
    return new BuildKitImageBuilder(
        engine,
        endpoint,
        WORKER,
        new CacheKey(state),
        ImageBuilderBench.withBuilder(choice(), settings),
        plugin.get(),
        programs(),
        Map.of());
  }

  @Override
  String sources() {
    return "0.0 MB of context";
  }

  @Override
  boolean contextGoesUp() {
    return progress.lines().contains("DEBUG [internal] load build context")
        && ProcessHandle.allProcesses()
            .anyMatch(p -> p.info().commandLine().orElse("").contains(workspace.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "D\n!D/x\nD",
        "D\n!D\nD\n!E/x",
        "*\n!Dockerfile\n!D\nD/*",
        "*\n!**/x\n?",
        "!D\nD/x",
        "*\n!D/x\nD\n!E\nE/y"
      })
  void buildxSendsNoMoreThanIsCounted(String ignore) throws Exception {
    for (String name : List.of("D/x", "D/y", "E/x", "E/y", "x", "y")) {
      file(name, name);
    }
    file(".dockerignore", ignore);
    file("Dockerfile", base("COPY . /app\nRUN cd /app && find . -type f | sort; # " + unique));
    int counted = 0;
    while (catchThrowable(contextBounds(counted)) != null) {
      counted++;
    }

    build();

    assertThat(progress.output().lines().filter(line -> line.startsWith("./")))
        .isNotEmpty()
        .hasSizeLessThanOrEqualTo(counted);
  }

  private ThrowingCallable contextBounds(int maxFiles) throws Exception {
    DockerIgnore ignore = IgnoreFile.read(checkout, "Dockerfile");
    ContextBounds bounds = new ContextBounds(checkout, ignore, 1 << 20, maxFiles);
    return () -> bounds.check(ContextBounds.Sender.PROGRAM, new StopSignal());
  }

  @Test
  void saysEachStepAndWhatTheCacheHad() throws Exception {
    String dockerfile =
        base("RUN echo " + unique + " > /x").replaceFirst("\n", " AS first\n")
            + base("COPY --from=first /x /y\nRUN cat /y");
    file("Dockerfile", dockerfile);
    build();
    int first = progress.lines().size();
    build();

    assertThat(progress.lines().subList(0, first))
        .contains("INFO [first 2/2] RUN echo " + unique + " > /x", "INFO [stage-1 3/3] RUN cat /y");
    assertThat(progress.lines().subList(first, progress.lines().size()))
        .contains(
            "INFO CACHED [first 2/2] RUN echo " + unique + " > /x",
            "INFO CACHED [stage-1 3/3] RUN cat /y");
  }

  @Test
  void aCacheMountLastsFromBuildToBuildAndIsNoOtherApps() throws Exception {
    String mount = "RUN --mount=type=cache,target=/c echo x >> /c/" + unique + " && ";
    file("Dockerfile", base(mount + "echo 1: $(wc -l < /c/" + unique + ")"));
    build();
    file("Dockerfile", base(mount + "echo 2: $(wc -l < /c/" + unique + ")"));
    build();
    file("Dockerfile", base(mount + "echo 3: $(wc -l < /c/" + unique + ")"));
    build(job("another-" + unique, Optional.empty(), Map.of()));

    assertThat(progress.output()).contains("1: 1\n", "2: 2\n", "3: 1\n");
  }

  @Test
  void theModeOfTheCheckoutsOwnFolderKeepsTheCache() throws Exception {
    keepsTheCacheAfter("chmod 0700 .");
  }

  @Test
  void aVariableIsASecretThatStaysOutOfTheImage() throws Exception {
    String value = "it's $HOME-" + unique;
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("TOKEN", value);
    environment.put("odd,name\"$x\"", "ignored");
    environment.put("DOCKER_CONFIG", "/nonexistent");
    environment.put("BUILDX_BUILDER", "nowhere");
    environment.put("DOCKER_HOST", "tcp://127.0.0.1:1");
    file(
        "Dockerfile",
        base(
            // a secret is no part of what the cache goes by
            "RUN --mount=type=secret,id=TOKEN md5sum < /run/secrets/TOKEN # "
                + unique
                + "\n"
                + "RUN --mount=type=secret,id=environment . /run/secrets/environment"
                + " && printf %s \"$TOKEN\" | md5sum"));

    BuiltImage image = build(job(Optional.empty(), environment));

    String sum = md5(value) + "  -";
    assertThat(progress.output().lines().filter(sum::equals)).hasSize(2);
    String config = docker.inspectImageCmd(image.id()).exec().toString();
    assertThat(config).doesNotContain(value);
    byte[] saved;
    try (var in = docker.saveImageCmd(image.ref().toString()).exec()) {
      saved = in.readAllBytes();
    }
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(saved))) {
      while (tar.getNextEntry() != null) {
        assertThat(new String(tar.readAllBytes(), StandardCharsets.UTF_8)).doesNotContain(value);
      }
    }
  }

  @Test
  void aHereDocumentWorksOrIsExplained() throws Exception {
    file("Dockerfile", base("RUN <<EOF\necho here " + unique + "\nEOF"));

    Throwable thrown = catchThrowable(this::build);

    if (hasHereDocuments()) {
      assertThat(thrown).isNull();
      assertThat(progress.output()).contains("here " + unique + "\n");
    } else {
      assertThat(thrown)
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("has no here-documents")
          .hasMessageContaining("# syntax=docker/dockerfile:1");
    }
  }

  /** The engine's own frontend has them since version 23. */
  private boolean hasHereDocuments() {
    return !docker.versionCmd().exec().getVersion().startsWith("20.");
  }

  @Test
  void whatStandsInAHereDocumentIsNoInstructionWhereThereAreSome() throws Exception {
    file(
        "Dockerfile",
        base(
            "COPY <<EOF /script\nFROM skypanel-app-victim:1\nADD http://127.0.0.1/ /\nEOF\n"
                + "RUN grep FROM /script # "
                + unique));

    Throwable thrown = catchThrowable(this::build);

    if (hasHereDocuments()) {
      assertThat(thrown).isNull();
      assertThat(progress.output()).contains("FROM skypanel-app-victim:1\n");
    } else {
      assertThat(thrown)
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("has the source http://127.0.0.1/");
    }
  }

  @Test
  void aPlatformIsTaken() throws Exception {
    file(
        "Dockerfile",
        "FROM --platform=$BUILDPLATFORM " + BusyboxImage.NAME + "\nRUN echo on " + unique + "\n");

    build();

    assertThat(progress.output()).contains("on " + unique);
  }

  @Test
  void aFrontendThatIsNotAllowedIsTheUsersFaultAndNotAskedFor() throws Exception {
    file("Dockerfile", "# syntax=localhost:1/none/frontend:1\n" + base("RUN true"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("# syntax=localhost:1/none/frontend:1, which is not allowed");
  }

  @Test
  void whatAnAppsSecretsLeftIsNotInTheCacheForWhoeverCopiesItsDockerfile() throws Exception {
    file(
        "Dockerfile",
        base(
            "ENV X=1\nRUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN > /left # "
                + unique
                + "\nRUN echo left: $(cat /left)"));
    file("Dockerfile.dockerignore", "Dockerfile\n");
    build(job("victim-" + unique, Optional.empty(), Map.of("TOKEN", "the victim's")));
    int before = progress.output().length();

    build(job(Optional.empty(), Map.of("TOKEN", "mine", "SKYPANEL_CACHE", "x")));
    build(job(Optional.empty(), Map.of("TOKEN", "mine later")));

    assertThat(progress.output().substring(before))
        .contains("left: mine\n")
        .doesNotContain("the victim's");
    assertThat(progress.lines()).anyMatch(line -> line.contains("CACHED [3/3]"));
  }

  @Test
  void noDockerfileChoosesWhoseCacheMountsItHas() throws Exception {
    // which it can't know
    String victim = new CacheKey(state).name("mounts", "victim-" + unique);
    String mount = "RUN --mount=type=cache,id=deps,target=/c ";
    file("Dockerfile", base(mount + "echo poison > /c/" + unique));
    build(job("victim-" + unique, Optional.empty(), Map.of()));
    for (String head :
        List.of(
            "ARG BUILDKIT_CACHE_MOUNT_NS=" + victim + "\n",
            "ARG NS=BUILDKIT_CACHE_MOUNT_NS=" + victim + "\n")) {
      file(
          "Dockerfile",
          head
              + base(
                  "ARG BUILDKIT_CACHE_MOUNT_NS="
                      + victim
                      + "\nENV BUILDKIT_CACHE_MOUNT_NS="
                      + victim
                      + "\n"
                      + mount
                      + "echo seen: $(ls /c)"
                      + "\n"
                      + mount.replace("id=deps", "id=" + victim + "/deps")
                      + "echo seen: $(ls /c)"
                      + "\n"
                      + mount.replace("id=deps", "id=../" + victim + "/deps")
                      + "echo seen: $(ls /c)"));
      build(job(Optional.empty(), Map.of("BUILDKIT_CACHE_MOUNT_NS", victim)));
    }

    assertThat(progress.output()).contains("seen:\n").doesNotContain("seen: " + unique);
  }

  /** The app may name it here, so that the builder is asked. */
  @Test
  void whatTheBuilderReadsAsAnImagesNameThisWorkerDoes() throws Exception {
    Pattern asks =
        Pattern.compile(
            "DEBUG \\[internal] load metadata for docker.io/library/(skypanel-app-victim:1|\\$GIVEN)"
                + "|INFO (CACHED )?FROM docker.io/library/skypanel-app-victim:1");
    docker.tagImageCmd(BusyboxImage.NAME, "skypanel-app-victim", "1").exec();
    int asked = 0;
    try {
      for (String dockerfile : ImageReferencesTest.hidden()) {
        file("Dockerfile", dockerfile.replace("FROM scratch", "FROM " + BusyboxImage.NAME));
        int before = progress.lines().size();

        Throwable thrown =
            catchThrowable(
                () ->
                    build(
                        job(
                            "victim",
                            Optional.empty(),
                            Map.of("GIVEN", ImageReferencesTest.VICTIM))));

        boolean read =
            progress.lines().stream().skip(before).anyMatch(line -> asks.matcher(line).matches());
        asked += read ? 1 : 0;
        // what it does not read as an image's name, it refuses, or puts off
        assertThat(read || thrown != null || dockerfile.contains("ONBU")).as(dockerfile).isTrue();
      }
    } finally {
      remove(ImageReferencesTest.VICTIM);
    }
    assertThat(asked).isGreaterThan(18);
  }

  @Test
  void aPipeIsRefusedByName() throws Exception {
    shell("mkfifo pipe");
    file("Dockerfile", base("COPY . /"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("pipe is a device, socket or pipe");

    file(".dockerignore", "pipe\n");
    build();
  }

  @Test
  void aFrontendThatCannotBeHadIsNamed() throws Exception {
    List<String> allowed = List.of("localhost:1/none/frontend");
    use(engine, settings(new BuildLimits(1 << 20, 4L << 30, Optional.empty(), allowed, false)));
    file("Dockerfile", "# syntax=localhost:1/none/frontend:1\n" + base("RUN true"));

    assertThatThrownBy(this::build)
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("# syntax=localhost:1/none/frontend:1");
  }

  @Test
  void aLongOutputIsClippedByTheEngineAndSaysSo() throws Exception {
    file(
        "Dockerfile",
        base("RUN echo " + unique + " && head -c 100000000 /dev/zero | tr '\\0' x && echo end"));

    build();

    assertThat(progress.output()).contains("[output clipped").hasSizeLessThan(4_000_000);
  }

  @Test
  void anEngineThatIsNotThereIsTheWorkersFault() throws Exception {
    file("Dockerfile", base("RUN true"));
    endpoint = new DockerEndpoint("unix:///nonexistent/docker.sock", false, Optional.empty());
    try (DockerEngine absent = new DockerEngine(endpoint)) {
      use(absent, ImageSettings.DEFAULT);

      assertThat(catchThrowable(this::build))
          .isInstanceOf(BuildFailure.WorkerFault.class)
          .hasMessageContaining("Docker");
    }
  }

  private static String md5(String text) throws Exception {
    byte[] digest =
        java.security.MessageDigest.getInstance("MD5")
            .digest(text.getBytes(StandardCharsets.UTF_8));
    return java.util.HexFormat.of().formatHex(digest);
  }
}
