package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.PanelOptions;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A queued build becomes an app that answers requests: panel, git, engine and worker are real. */
class BuildIT {
  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
    worker = bench.worker("MAX_CONCURRENT_BUILDS", "2");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  static Map<String, String> webApp(String page) {
    return Map.of(
        "Dockerfile",
        "FROM "
            + BusyboxImage.NAME
            + "\nCOPY www /www\nCMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT -h /www\"]\n",
        "www/index.html",
        page);
  }

  @Test
  void aQueuedBuildBecomesAnAppThatAnswersRequests() {
    GitRepository repository = bench.git.create("shop-" + UUID.randomUUID());
    String sha = repository.commit(webApp("hello from the shop"), "Open the shop");
    BuildRequest request = BuildRequest.of(repository.url()).environment(Map.of("GREETING", "hi"));

    String id = bench.panel.queue(request);
    DeploymentView deployment = bench.ended(id);

    assertThat(bench.panel.statusesOf(id))
        .containsExactly("building", "building_success", "deployed");
    assertThat(bench.panel.app(request.appId()).status()).isEqualTo("deployed");
    JsonNode result = deployment.result();
    assertThat(result.path("commitSha").asText()).isEqualTo(sha);
    assertThat(result.path("commitMessage").asText()).isEqualTo("Open the shop");
    assertThat(result.path("commitAuthor").asText()).startsWith(GitRepository.AUTHOR);
    assertThat(result.path("imageName").asText())
        .isEqualTo("skypanel-app-" + request.appId() + ":" + id);
    assertThat(result.path("containerName").asText())
        .isEqualTo("skypanel-app-" + request.appId() + "-" + id);
    assertThat(result.path("stageMillis").path("image").asLong()).isPositive();
    String url = result.path("url").asText();
    assertThat(WorkerProcess.fetch(url).orElseThrow().body()).isEqualTo("hello from the shop");
    assertThat(deployment.statusLogs().orElseThrow().lines().toList())
        .last()
        .asString()
        .isEqualTo("Live at " + url);
    await().until(() -> worker.workspaces().toFile().list().length == 0);
  }

  @Test
  void anAppKeepsItsPortWhenTheEngineRestartsItsContainer() {
    BuildRequest request = BuildRequest.of(bench.repository(webApp("still here")).url());
    JsonNode result = bench.built(request).result();

    bench.docker().restartContainerCmd(result.path("containerId").asText()).withTimeout(1).exec();

    String url = result.path("url").asText();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> WorkerProcess.fetch(url).filter(p -> p.body().equals("still here")).isPresent());
  }

  @Test
  void aRedeployReplacesTheRunningVersionAndAFailedOneLeavesIt() {
    GitRepository repository = bench.repository(webApp("one"));
    BuildRequest request = BuildRequest.of(repository.url());
    bench.built(request);
    repository.commit(webApp("two"), "Second version");
    JsonNode second = bench.built(request.again()).result();
    repository.commit(
        Map.of("Dockerfile", "FROM " + BusyboxImage.NAME + "\nCMD [\"false\"]\n"), "Bad");
    String bad = bench.panel.queue(request.again());

    DeploymentView failed = bench.ended(bad);
    assertThat(failed.status()).isEqualTo("deployment_failed");
    JsonNode serving = failed.result().path("serving");
    assertThat(serving.path("commitSha")).isEqualTo(second.path("commitSha"));
    assertThat(serving.path("url")).isEqualTo(second.path("url"));
    assertThat(WorkerProcess.fetch(second.path("url").asText()).orElseThrow().body())
        .isEqualTo("two");
    bench.awaitOnly(request.appId(), second.path("containerName").asText());
  }

  @Test
  void theJobsOwnPortAndVariablesReachTheApp() {
    Map<String, String> files =
        Map.of(
            "docker/app/Dockerfile",
            "FROM "
                + BusyboxImage.NAME
                + "\nARG COLOUR\nRUN mkdir /www && echo \"built $COLOUR\" > /www/index.html\n"
                + "COPY . /context\n"
                + "CMD [\"sh\", \"-c\", \"echo $NODE_ENV $COLOUR $PORT > /www/env.html;"
                + " ls -a /context > /www/context.html; exec httpd -f -p $PORT -h /www\"]\n",
            ".dockerignore",
            "secret.txt\n",
            "secret.txt",
            "hidden",
            "shown.txt",
            "shown");
    BuildRequest request =
        BuildRequest.of(bench.repository(files).url())
            .dockerfile("docker/app/Dockerfile")
            .environment(Map.of("COLOUR", "green", "PORT", 4321));

    JsonNode result = bench.built(request).result();

    String url = result.path("url").asText();
    assertThat(WorkerProcess.fetch(url).orElseThrow().body()).isEqualTo("built green\n");
    assertThat(WorkerProcess.fetch(url + "/env.html").orElseThrow().body())
        .isEqualTo("production green 4321\n");
    assertThat(WorkerProcess.fetch(url + "/context.html").orElseThrow().body())
        .contains("shown.txt", ".git")
        .doesNotContain("secret.txt");
  }

  @Test
  void outputGoesToThePanelWhileTheBuildRunsAsOftenAsItsStockLimitAllows() throws Exception {
    Map<String, String> files =
        Map.of(
            "Dockerfile",
            "FROM "
                + BusyboxImage.NAME
                + "\nRUN echo "
                + UUID.randomUUID()
                + "; for i in 1 2 3 4 5 6 7 8 9; do echo step-$i; sleep 1; done\n"
                + "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]\n");
    try (WorkerBench stock = WorkerBench.limited(PanelOptions.today());
        WorkerProcess ignored = stock.worker()) {
      String id = stock.panel.queue(BuildRequest.of(stock.repository(files).url()));

      String logs = "POST .*/builds/" + id + "/logs";
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> stock.panel.calls(logs).stream().anyMatch(c -> c.body().contains("step-1")));

      assertThat(stock.panel.statusesOf(id)).containsExactly("building");
      JsonNode entry = stock.panel.calls(logs).get(stock.panel.calls(logs).size() - 1).json();
      assertThat(entry.path("metadata").path("stage").asText()).isEqualTo("image");
      assertThat(stock.ended(id).status()).isEqualTo("deployed");
      assertThat(stock.panel.calls(logs).size()).isLessThanOrEqualTo(3);
    }
  }
}
