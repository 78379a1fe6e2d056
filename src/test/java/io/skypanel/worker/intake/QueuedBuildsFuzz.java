package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.fuzz.Fuzzing;
import io.skypanel.worker.fuzz.HostileJson;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.panel.PanelAnswer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the queue holds, each entry becomes a job that is safe to build, or is turned down. */
@Tag("fuzz")
class QueuedBuildsFuzz {
  private static final List<String> NAMES =
      List.of(
          "deploymentId",
          "appId",
          "githubRepoUrl",
          "repoUrl",
          "githubBranch",
          "githubCommitSha",
          "appName",
          "organizationId",
          "createdAt",
          "dockerfilePath",
          "buildCommand",
          "startCommand",
          "environmentVariables",
          "metadata",
          "build_config",
          "volumes",
          "key",
          "value");
  private static final List<String> VALUES =
      List.of(
          "d-1",
          "a_1.b",
          "..",
          "-rf",
          "https://git.example.com/shop.git",
          "https://u:p@git.example.com/shop.git",
          "git@example.com:shop.git",
          "ssh://-oProxyCommand=x/y",
          "ext::sh -c x",
          "file:///etc",
          "main",
          "--upload-pack=x",
          "refs/heads/a..b",
          "f2e33b75a8c1d09e4b6f7a2c3d5e8f90ab1c4d6e",
          "2026-01-01T00:00:00Z",
          "docker/Dockerfile",
          "../../etc/passwd",
          "/etc/passwd",
          "./a/../b",
          "");

  private final QueuedBuilds builds = new QueuedBuilds((name, environment) -> name);

  @Test
  void whatIsReadIsSafeToBuildOrTurnedDown() {
    Fuzzing.run(QueuedBuildsFuzz::answer, this::check);
  }

  private void check(JsonNode body) {
    List<QueuedBuild> read =
        builds.read(new PanelAnswer(200, body, Optional.empty(), Optional.empty()));
    for (QueuedBuild build : read) {
      if (build instanceof BuildJob job) {
        checkJob(job);
      } else if (build instanceof QueuedBuild.Malformed malformed) {
        assertThat(malformed.reason()).isNotBlank().hasSizeLessThan(2000);
        assertThat(malformed.reason()).doesNotContain("\n", "\0", "\u001b", "Exception");
        malformed.deploymentId().ifPresent(id -> assertThat(FieldRules.isId(id)).isTrue());
        malformed.appId().ifPresent(id -> assertThat(FieldRules.isId(id)).isTrue());
      }
    }
  }

  private static void checkJob(BuildJob job) {
    assertThat(FieldRules.isId(job.deploymentId()) && FieldRules.isId(job.appId())).isTrue();
    assertThat(ImageRef.of(job).toString()).matches("skypanel-app-[a-z0-9-]+:[a-z0-9-]+");
    Path folder = Path.of("/work");
    assertThat(job.workspaceIn(folder).normalize().getParent()).isEqualTo(folder);
    assertThat(job.source().branch()).doesNotStartWith("-").doesNotContain("..", " ", "\0", "\n");
    assertThat(job.source().url()).matches("(?s)(https?|ssh)://[^-].*|[^-].*@.*:.*");
    assertThat(job.source().toString()).doesNotContain("u:p@");
    job.dockerfilePath()
        .ifPresent(
            path ->
                assertThat(Path.of("/repository").resolve(path).normalize())
                    .matches(p -> p.startsWith("/repository")));
    job.environment()
        .forEach(
            (name, value) -> {
              assertThat(name).doesNotContain("=", "\0", "\n", " ").isNotEmpty();
              assertThat(value).doesNotContain("\0");
            });
  }

  private static JsonNode answer(Random random) {
    HostileJson json = new HostileJson(random, NAMES, VALUES);
    if (random.nextInt(10) == 0) {
      return JsonNodeFactory.instance.arrayNode().add(json.any(4));
    }
    // most entries are nearly right, or nothing behind the first checks would ever be tried
    ObjectNode entry = json.object(3);
    entry.put("deploymentId", "d-1").put("appId", "a-1");
    entry.put("githubRepoUrl", "https://git.example.com/shop.git");
    for (String field : List.of("githubBranch", "githubCommitSha", "appName", "organizationId")) {
      if (random.nextBoolean()) {
        entry.remove(field);
      }
    }
    for (int i = random.nextInt(2); i > 0; i--) {
      entry.set(NAMES.get(random.nextInt(NAMES.size())), json.any(3));
    }
    return JsonNodeFactory.instance.arrayNode().add(entry);
  }
}
