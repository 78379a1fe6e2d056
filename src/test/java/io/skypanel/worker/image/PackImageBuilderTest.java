package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackImageBuilderTest {
  /** Pack fails here before it needs an engine. */
  private static final DockerEndpoint NOWHERE =
      new DockerEndpoint("unix:///nonexistent/docker.sock", false, Optional.empty());

  @TempDir Path workspace;
  @TempDir Path state;

  private final List<String> command = new ArrayList<>();
  private String descriptor = "";

  @Test
  void aRepositorysProjectFileChoosesNothing() throws Exception {
    Path checkout = Files.createDirectory(workspace.resolve("source"));
    Files.writeString(
        checkout.resolve("project.toml"),
        "[io.buildpacks]\nbuilder = \"evil/builder\"\n[[io.buildpacks.group]]\nuri = \"evil\"\n");

    try (DockerEngine engine = new DockerEngine(NOWHERE)) {
      assertThatThrownBy(() -> builder(engine).build(plan(checkout), build()))
          .isInstanceOf(BuildFailure.UserFault.class);
    }

    assertThat(command).contains("--path", checkout.toString());
    assertThat(descriptor).isEqualTo("[_]\nschema-version = \"0.2\"\n");
  }

  @Test
  void noTwoAppsHaveTheSameCaches() throws Exception {
    Path checkout = Files.createDirectory(workspace.resolve("source"));
    Set<String> caches = new HashSet<>();
    try (DockerEngine engine = new DockerEngine(NOWHERE)) {
      for (String app : List.of("a.b", "a-b", "A_B")) {
        assertThatThrownBy(() -> builder(engine).build(plan(checkout), build(app)))
            .isInstanceOf(BuildFailure.UserFault.class);
      }
    }

    command.stream().filter(word -> word.startsWith("type=")).forEach(caches::add);
    assertThat(caches)
        .hasSize(6)
        .allMatch(c -> c.matches("type=(build|launch);.*;name=skypanel-pack-\\1-a-b-[0-9a-f]{16}"));
  }

  private PackImageBuilder builder(DockerEngine engine) {
    return new PackImageBuilder(
        (called, directory, environment, output, stop) -> {
          command.addAll(called);
          descriptor = read(Path.of(called.get(called.indexOf("--descriptor") + 1)));
          return 1;
        },
        engine.client(),
        NOWHERE,
        "worker-1",
        new CacheKey(state),
        ImageSettings.DEFAULT,
        Map.of());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BuildPlan plan(Path checkout) {
    return new BuildPlan(
        new Checkout(checkout, new Checkout.Commit("c".repeat(40), "A", "m")),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        RunPlan.DEFAULT);
  }

  private Build build() {
    return build("a");
  }

  private Build build(String app) {
    BuildJob job =
        new BuildJob(
            "d",
            app,
            "app",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://example.com/a.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    return new Build(job, workspace, new RecordedProgress(), new StopSignal());
  }
}
