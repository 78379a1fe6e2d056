package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
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

class BuildArgumentsTest {
  private final RecordedProgress progress = new RecordedProgress();

  @Test
  void thePlansOwnWinOverTheJobsVariables() throws Exception {
    BuildPlan plan = plan("FROM a\nARG A\nARG B\n", Map.of("A", "plan"));

    assertThat(of(plan, build(Map.of("A", "job", "B", "job", "C", "job"))))
        .containsOnly(Map.entry("A", "plan"), Map.entry("B", "job"));
  }

  @Test
  void noneIsAnOrderToBuildKit() throws Exception {
    String dockerfile =
        "ARG http_proxy\nFROM a\nARG BUILDKIT_SYNTAX\nARG SOURCE_DATE_EPOCH\nARG BUILDKIT_CACHE_MOUNT_NS\nARG A\n";
    Map<String, String> orders =
        Map.of(
            "BUILDKIT_SYNTAX", "evil/frontend",
            "SOURCE_DATE_EPOCH", "0",
            "http_proxy", "http://evil.example.com",
            "BUILDKIT_CACHE_MOUNT_NS", "another",
            "A", "1");

    assertThat(of(plan(dockerfile, orders), build(Map.of()))).containsOnlyKeys("A");
    assertThat(of(plan(dockerfile, Map.of()), build(orders))).containsOnlyKeys("A");
    assertThat(progress.lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("WARN No build arguments"))
        .allMatch(line -> line.contains("BUILDKIT_SYNTAX"));
  }

  private static Map<String, String> of(BuildPlan plan, Build build) throws BuildFailure.UserFault {
    Readings readings =
        Readings.of(
            "Dockerfile",
            plan.dockerfile().orElseThrow().text(),
            DockerfileReader.Dialect.of(true));
    return BuildArguments.of(plan, readings, build);
  }

  private static BuildPlan plan(String dockerfile, Map<String, String> arguments) {
    return new BuildPlan(
        new Checkout(Path.of("source"), new Checkout.Commit("c".repeat(40), "A", "m")),
        Optional.of(new Dockerfile("Dockerfile", dockerfile, Optional.empty())),
        Optional.empty(),
        arguments,
        RunPlan.DEFAULT);
  }

  private Build build(Map<String, String> variables) {
    return new Build(job(variables), Path.of("workspace"), progress, new StopSignal());
  }

  private static BuildJob job(Map<String, String> variables) {
    return new BuildJob(
        "d",
        "a",
        "app",
        Optional.empty(),
        Optional.empty(),
        new GitSource("https://example.com/a.git", "main", Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        variables,
        Map.of());
  }
}
