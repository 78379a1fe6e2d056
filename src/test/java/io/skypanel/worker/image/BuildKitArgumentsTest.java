package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.StopSignal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildKitArgumentsTest {
  private static final String DIGEST = "ENVIRONMENT_DIGEST";

  @TempDir Path state;

  @Test
  void theDigestOfSecretsInAGeneratedDockerfileTellsNothingWithoutTheKey() throws Exception {
    String keyed = of("a", Optional.of(""), "FROM a\n").get(DIGEST);

    assertThat(keyed).matches("[0-9a-f]{64}").isNotEqualTo("0".repeat(64));
    assertThat(of("a", Optional.of(""), "FROM a\n")).containsEntry(DIGEST, keyed);
    assertThat(of("b", Optional.of(""), "FROM a\n").get(DIGEST)).isNotEqualTo(keyed);
  }

  @Test
  void anArgumentOfThatNameInTheAppsOwnDockerfileStaysAsItIs() throws Exception {
    assertThat(of("a", Optional.empty(), "FROM a\n")).containsEntry(DIGEST, "0".repeat(64));
  }

  @Test
  void cachesAreEachAppsOwn() throws Exception {
    Map<String, String> one = of("a", Optional.empty(), "FROM a\n# secret\n");
    Map<String, String> other = of("b", Optional.empty(), "FROM a\n# secret\n");

    for (String name : new String[] {"BUILDKIT_CACHE_MOUNT_NS", "SKYPANEL_CACHE"}) {
      assertThat(one.get(name)).matches("[0-9a-f]{64}").isNotEqualTo(other.get(name));
    }
    assertThat(of("a", Optional.empty(), "FROM a\n")).doesNotContainKey("SKYPANEL_CACHE");
  }

  private Map<String, String> of(String app, Optional<String> ignore, String text)
      throws Exception {
    BuildPlan plan =
        new BuildPlan(
            new Checkout(Path.of("source"), new Checkout.Commit("c".repeat(40), "A", "m")),
            Optional.of(new Dockerfile("Dockerfile", text, ignore)),
            Optional.empty(),
            Map.of(DIGEST, "0".repeat(64)),
            RunPlan.DEFAULT);
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
    Readings readings = Readings.of("Dockerfile", text, DockerfileReader.Dialect.of(true));
    return new BuildKitArguments(new CacheKey(state))
        .of(
            plan,
            readings,
            new Build(job, Path.of("workspace"), new RecordedProgress(), new StopSignal()));
  }
}
