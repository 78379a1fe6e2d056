package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An earlier version of an app is asked for again. */
class RollbackIT {
  private WorkerBench bench;
  private WorkerProcess worker;
  private BuildRequest app;
  private String first;
  private String second;

  @BeforeEach
  void deployTwoVersions() throws Exception {
    bench = WorkerBench.open();
    worker = bench.prepared();
    Path hook = worker.routes().resolve("before-deploy.camel.yaml");
    Files.writeString(
        hook,
        Files.readString(hook)
            + "        - script:\n            id: say\n"
            + "            simple: \"${variable.build.progress.info('in the hook')}\"\n");
    worker.start();
    worker.awaitOutput("Ready: ");
    GitRepository repository = bench.git.create("app-" + UUID.randomUUID());
    app = BuildRequest.of(repository.url());
    first = deployed(app.commit(repository.commit(version("one"), "One")));
    second = deployed(app.commit(repository.commit(version("two"), "Two")));
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    bench.close();
  }

  /** Replaced without the ten seconds that a server takes which ignores that it is to stop. */
  private static Map<String, String> version(String page) {
    Map<String, String> files = new HashMap<>(BuildIT.webApp(page));
    files.merge("Dockerfile", "STOPSIGNAL SIGKILL\n", String::concat);
    return files;
  }

  private String deployed(BuildRequest request) {
    DeploymentView deployment = bench.built(request.again());
    assertThat(deployment.status()).isEqualTo("deployed");
    return deployment.id();
  }

  /** A deployment without a repository that could be built. */
  private BuildRequest rollback(String key, String deploymentId) {
    return app.again()
        .with("githubRepoUrl", "http://127.0.0.1:1/gone.git")
        .with("metadata", Map.of("is_rollback", true, key, deploymentId));
  }

  private JsonNode result(String deploymentId) {
    return bench.panel.deployment(deploymentId).result();
  }

  private String page(String deploymentId) {
    return WorkerProcess.fetch(result(deploymentId).path("url").asText()).orElseThrow().body();
  }

  @Test
  void theEarlierImageIsStartedAgainWithoutCheckoutOrBuildAndSoIsTheLaterOne() {
    DeploymentView back = bench.built(rollback("rollback_from_deployment", first));

    assertThat(back.statuses()).containsExactly("building", "building_success", "deployed");
    assertThat(page(back.id())).isEqualTo("one");
    assertThat(back.result().path("commitSha").asText())
        .isEqualTo(result(first).path("commitSha").asText());
    assertThat(back.result().path("imageId").asText())
        .isEqualTo(result(first).path("imageId").asText());
    assertThat(back.result().path("stageMillis").properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("claim", "deploy");
    assertThat(back.statusLogs().orElseThrow())
        .contains("Going back to deployment " + first, "in the hook")
        .doesNotContain("Checked out");
    bench.awaitOnly(app.appId(), "skypanel-app-" + app.appId() + "-" + back.id());

    DeploymentView forth = bench.built(rollback("rollback_to_deployment", second));
    assertThat(page(forth.id())).isEqualTo("two");

    // a rollback is a deployment too
    DeploymentView again = bench.built(rollback("targetDeploymentId", back.id()));
    assertThat(page(again.id())).isEqualTo("one");
  }

  @Test
  void whatIsKeptOutlivesTheWorkerAndWhatIsNotKeptIsSaid() {
    worker.kill();
    worker.start();
    worker.awaitOutput("Ready: ");

    DeploymentView unknown = bench.built(rollback("rollback_from_deployment", "long-gone"));

    assertThat(unknown.statuses()).containsExactly("building", "building_failed");
    assertThat(unknown.errorMessage())
        .contains(
            "Deployment long-gone of this app is not kept here any more; kept are "
                + second
                + ", "
                + first
                + "; deploy its commit again");
    assertThat(page(second)).isEqualTo("two");

    DeploymentView back = bench.built(rollback("rollback_from_deployment", first));
    assertThat(page(back.id())).isEqualTo("one");
  }
}
