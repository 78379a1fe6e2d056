package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A queued build becomes an app that answers requests: panel, git, engine and worker are real. */
class BuildIT {
  private static SandboxPanel panel;
  private static GitServer git;
  private static DockerEngine engine;
  private static DockerClient docker;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    panel = SandboxPanel.open(PanelOptions.today().unlimited());
    git = GitServer.open();
    engine = WorkerProcess.localEngine();
    docker = engine.client();
    BusyboxImage.ensure(docker);
    worker = WorkerProcess.start(panel.url(), Map.of("MAX_CONCURRENT_BUILDS", "2"));
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    engine.close();
    git.close();
    panel.close();
  }

  private static GitRepository repository(Map<String, String> files) {
    GitRepository repository = git.create("app-" + UUID.randomUUID());
    repository.commit(files, "First version\n\nWith a body");
    return repository;
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

  private static DeploymentView ended(String deploymentId) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              List<String> statuses = panel.statusesOf(deploymentId);
              String last = statuses.isEmpty() ? "" : statuses.get(statuses.size() - 1);
              return last.equals("deployed") || last.endsWith("_failed");
            });
    return panel.deployment(deploymentId);
  }

  @Test
  void aQueuedBuildBecomesAnAppThatAnswersRequests() {
    GitRepository repository = git.create("shop-" + UUID.randomUUID());
    String sha = repository.commit(webApp("hello from the shop"), "Open the shop");
    BuildRequest request = BuildRequest.of(repository.url()).environment(Map.of("GREETING", "hi"));

    String id = panel.queue(request);
    DeploymentView deployment = ended(id);

    assertThat(panel.statusesOf(id)).containsExactly("building", "building_success", "deployed");
    assertThat(panel.app(request.appId()).status()).isEqualTo("deployed");
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
    BuildRequest request = BuildRequest.of(repository(webApp("still here")).url());
    JsonNode result = ended(panel.queue(request)).result();

    docker.restartContainerCmd(result.path("containerId").asText()).withTimeout(1).exec();

    String url = result.path("url").asText();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> WorkerProcess.fetch(url).filter(p -> p.body().equals("still here")).isPresent());
  }

  @Test
  void aRedeployReplacesTheRunningVersionAndAFailedOneLeavesIt() {
    GitRepository repository = repository(webApp("one"));
    BuildRequest request = BuildRequest.of(repository.url());
    JsonNode first = ended(panel.queue(request)).result();
    repository.commit(webApp("two"), "Second version");
    JsonNode second = ended(panel.queue(request.again())).result();
    repository.commit(
        Map.of("Dockerfile", "FROM " + BusyboxImage.NAME + "\nCMD [\"false\"]\n"), "Bad");
    String bad = panel.queue(request.again());

    assertThat(ended(bad).status()).isEqualTo("deployment_failed");
    assertThat(WorkerProcess.fetch(second.path("url").asText()).orElseThrow().body())
        .isEqualTo("two");
    List<String> names =
        docker
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(Map.of("io.skypanel.app", request.appId()))
            .exec()
            .stream()
            .map(c -> c.getNames()[0].substring(1))
            .toList();
    assertThat(names)
        .containsExactly(second.path("containerName").asText())
        .doesNotContain(first.path("containerName").asText());
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
        BuildRequest.of(repository(files).url())
            .dockerfile("docker/app/Dockerfile")
            .environment(Map.of("COLOUR", "green", "PORT", 4321));

    JsonNode result = ended(panel.queue(request)).result();

    String url = result.path("url").asText();
    assertThat(WorkerProcess.fetch(url).orElseThrow().body()).isEqualTo("built green\n");
    assertThat(WorkerProcess.fetch(url + "/env.html").orElseThrow().body())
        .isEqualTo("production green 4321\n");
    assertThat(WorkerProcess.fetch(url + "/context.html").orElseThrow().body())
        .contains("shown.txt", ".git")
        .doesNotContain("secret.txt");
  }

  @Test
  void outputGoesToThePanelWhileTheBuildRuns() {
    Map<String, String> files =
        Map.of(
            "Dockerfile",
            "FROM "
                + BusyboxImage.NAME
                + "\nRUN for i in 1 2 3 4 5 6 7 8 9; do echo step-$i; sleep 1; done\n"
                + "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]\n");
    String id = panel.queue(BuildRequest.of(repository(files).url()));

    String logs = "POST .*/builds/" + id + "/logs";
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> panel.calls(logs).stream().anyMatch(c -> c.body().contains("step-1")));

    assertThat(panel.statusesOf(id)).containsExactly("building");
    JsonNode entry = panel.calls(logs).get(panel.calls(logs).size() - 1).json();
    assertThat(entry.path("metadata").path("stage").asText()).isEqualTo("image");
    assertThat(ended(id).status()).isEqualTo("deployed");
    assertThat(panel.calls("POST .*/builds/" + id + "/logs").size()).isLessThanOrEqualTo(3);
  }
}
