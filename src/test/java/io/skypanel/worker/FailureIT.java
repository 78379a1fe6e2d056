package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelCall;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each way to fail is told apart by its final status and its one sentence, leaves nothing behind
 * and gives away no secret.
 */
class FailureIT {
  private static final String SECRET = "s3cr3t-value-of-a-variable";
  private static final String PASSWORD = "hunter2-in-the-address";

  private static WorkerBench bench;
  private static GitServer privateGit;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
    privateGit = GitServer.withLogin("deploy", PASSWORD);
    worker = bench.worker("LOG_LEVEL", "debug", "DEPLOY_TIMEOUT_SECONDS", "5");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    privateGit.close();
    bench.close();
  }

  /** Builds it with a secret in its environment, and checks all that holds for every failure. */
  private static DeploymentView failed(BuildRequest request, String... statuses)
      throws IOException {
    BuildRequest secretive = request.environment(Map.of("API_TOKEN", SECRET));
    DeploymentView deployment = bench.built(secretive);
    assertThat(deployment.statuses()).containsExactly(statuses);
    assertThat(deployment.errorMessage().orElseThrow())
        .doesNotContain("\n", "Exception", "null")
        .hasSizeLessThan(400);
    assertThat(bench.panel.app(request.appId()).status()).isEqualTo(deployment.status());
    assertThat(bench.containersOf(request.appId())).isEmpty();
    await().until(() -> worker.workspaces().toFile().list().length == 0);
    assertNoSecretGotOut();
    return deployment;
  }

  private static DeploymentView failedBuild(BuildRequest request) throws IOException {
    return failed(request, "building", "building_failed");
  }

  private static String log(DeploymentView deployment) {
    return deployment.statusLogs().orElseThrow();
  }

  private static String error(DeploymentView deployment) {
    return deployment.errorMessage().orElseThrow();
  }

  private static void assertNoSecretGotOut() throws IOException {
    String token =
        bench.panel.calls().stream()
            .map(PanelCall::authorization)
            .filter(a -> a.startsWith("Bearer "))
            .findFirst()
            .orElseThrow()
            .substring("Bearer ".length());
    List<String> secrets = List.of(SECRET, PASSWORD, token);
    for (String secret : secrets) {
      bench.assertNowhere(secret, worker);
    }
  }

  @Test
  void aFailingRunIsToldByItsExitCodeAndItsOwnOutput() throws IOException {
    DeploymentView deployment =
        failedBuild(
            bench.build("ARG API_TOKEN", "RUN echo \"the secret is $API_TOKEN\"; ls /nowhere"));

    assertThat(error(deployment)).contains("RUN echo").contains("failed with exit code 1");
    assertThat(log(deployment)).contains("/nowhere: No such file or directory", "the secret is *");
  }

  @Test
  void aMissingDockerfileIsNamedAndTheExistingOnesAreListed() throws IOException {
    Map<String, String> files = Map.of("docker/web/Dockerfile", "FROM scratch\n", "a.txt", "");

    DeploymentView deployment =
        failedBuild(BuildRequest.of(bench.repository(files).url()).dockerfile("web/Dockerfile"));

    assertThat(error(deployment))
        .isEqualTo(
            "The Dockerfile web/Dockerfile is not in the repository; these are:"
                + " docker/web/Dockerfile");
  }

  @Test
  void aSyntaxErrorIsNamedWithItsDockerfile() throws IOException {
    DeploymentView deployment = failedBuild(bench.build("RUNN make"));

    assertThat(error(deployment)).startsWith("The Dockerfile Dockerfile is not valid: ");
    assertThat(error(deployment).toLowerCase(java.util.Locale.ROOT)).contains("runn");
  }

  @Test
  void aMissingBranchAndAMissingCommitAreNamed() throws IOException {
    GitRepository repository = bench.repository(Map.of("Dockerfile", "FROM scratch\n"));
    String sha = "0123456789abcdef0123456789abcdef01234567";

    DeploymentView branch = failedBuild(BuildRequest.of(repository.url()).branch("gone"));
    DeploymentView commit = failedBuild(BuildRequest.of(repository.url()).commit(sha));

    assertThat(error(branch)).contains("branch gone is not in " + repository.url(), "push it");
    assertThat(error(commit)).contains("commit " + sha + " is not in " + repository.url());
  }

  @Test
  void anUnreachableServerAMissingRepositoryAndAPrivateOneAreToldApart() throws IOException {
    String nobody = "http://127.0.0.1:" + TestPorts.free() + "/team/app.git";
    GitRepository secluded = privateGit.create("team/secluded");
    secluded.commit(Map.of("README", "no Dockerfile here\n"), "First version");
    String wrong = secluded.url().replace("://", "://stranger:" + PASSWORD + "@");
    String right = secluded.url().replace("://", "://deploy:" + PASSWORD + "@");

    assertThat(error(failedBuild(BuildRequest.of(nobody))))
        .startsWith("The server of " + nobody + " can't be reached: ");
    assertThat(error(failedBuild(BuildRequest.of(bench.git.url() + "/no/such.git"))))
        .startsWith("The repository " + bench.git.url() + "/no/such.git was not found; ");
    String refused = "Access to " + secluded.url() + " was refused: it is private";
    assertThat(error(failedBuild(BuildRequest.of(secluded.url())))).startsWith(refused);
    assertThat(error(failedBuild(BuildRequest.of(wrong)))).startsWith(refused);
    assertThat(error(failedBuild(BuildRequest.of(right)))).startsWith("The Dockerfile ");
  }

  @Test
  void anAppThatExitsAtOnceIsAFailedDeploymentWithItsCodeAndItsLastLines() throws IOException {
    DeploymentView deployment =
        failed(
            bench.build("CMD [\"sh\", \"-c\", \"echo I lack $API_TOKEN; exit 9\"]"),
            "building",
            "building_success",
            "deployment_failed");

    assertThat(error(deployment)).contains("exited with code 9", "build log");
    assertThat(log(deployment)).contains("I lack *");
  }

  @Test
  void anAppThatListensNowhereIsDeployedWithAWarning() throws IOException {
    BuildRequest request = bench.build("CMD [\"sleep\", \"3600\"]");

    DeploymentView deployment = bench.built(request);

    assertThat(deployment.statuses()).containsExactly("building", "building_success", "deployed");
    String warning = deployment.result().path("warning").asText();
    // DEPLOY_TIMEOUT_SECONDS bounds the 30 s that it has otherwise
    assertThat(warning).contains("nothing listens on its port 3000 after 5 s");
    assertThat(log(deployment)).contains(warning);
    assertThat(deployment.errorMessage()).isEmpty();
    assertThat(bench.containersOf(request.appId())).hasSize(1);
  }

  @Test
  void malformedRecordsAreReportedOnceAndTheirNeighboursAreBuilt() throws IOException {
    String url = bench.repository(Map.of("Dockerfile", "FROM scratch\n")).url();
    BuildRequest plain = BuildRequest.of(url);
    Map<BuildRequest, String> bad =
        Map.of(
            plain.again().withoutMetadata().without("githubRepoUrl"), "githubRepoUrl is missing",
            plain.again().environment(Map.of("A=B", SECRET)), "environmentVariables is 'A=…'",
            plain.again().dockerfile("../other/Dockerfile"), "'../other/Dockerfile'",
            plain.again().branch("--upload-pack=x"), "'--upload-pack=x'",
            BuildRequest.of("deploy:" + PASSWORD + "@host").app(plain.appId()), "githubRepoUrl is");
    bad.keySet().forEach(bench.panel::queue);
    DeploymentView neighbour = bench.built(bench.webApp(0));

    assertThat(neighbour.status()).isEqualTo("deployed");
    for (Map.Entry<BuildRequest, String> entry : bad.entrySet()) {
      String id = entry.getKey().deploymentId();
      DeploymentView deployment = bench.ended(id);
      assertThat(error(deployment)).contains(entry.getValue());
      assertThat(log(deployment)).contains(entry.getValue());
    }
    bench.awaitPolls(2);
    for (BuildRequest request : bad.keySet()) {
      assertThat(bench.panel.statusesOf(request.deploymentId())).containsExactly("building_failed");
      assertThat(bench.accepts(request.deploymentId())).isEmpty();
    }
    assertNoSecretGotOut();
  }

  @Test
  void theWholeReasonOfTheWorkersOwnFaultIsTold() throws Exception {
    Files.delete(worker.workspaces());
    Files.createFile(worker.workspaces());
    try {
      DeploymentView deployment = bench.built(bench.brief());

      assertThat(deployment.status()).isEqualTo("building_failed");
      assertThat(error(deployment)).startsWith("The workspace ").contains("can't be made; check");
    } finally {
      Files.delete(worker.workspaces());
      Files.createDirectory(worker.workspaces());
    }
  }
}
