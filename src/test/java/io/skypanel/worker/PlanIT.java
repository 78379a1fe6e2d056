package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator and the repository say about an app holds for the app that runs. */
class PlanIT {
  private static final String PAGE = "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT -h /www\"]";
  private static final String FOLDER = "RUN mkdir -p /www && echo up > /www/health";

  @TempDir static Path appsDir;

  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
    worker = bench.worker("APPS_DIR", appsDir.toString(), "DEPLOY_TIMEOUT_SECONDS", "5");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  private static BuildRequest app(String skypanelYaml, String... lines) {
    String dockerfile = WorkerBench.dockerfile(lines) + "# " + UUID.randomUUID() + "\n";
    return BuildRequest.of(
        bench.repository(Map.of("Dockerfile", dockerfile, "skypanel.yaml", skypanelYaml)).url());
  }

  private static InspectContainerResponse container(DeploymentView deployment) {
    return bench
        .docker()
        .inspectContainerCmd(deployment.result().path("containerId").asText())
        .exec();
  }

  @Test
  void anAppIsUpWhenItsHealthCheckPathAnswers() {
    DeploymentView deployment =
        bench.built(app("run: {port: 8080, healthCheckPath: /health}", FOLDER, PAGE));

    assertThat(deployment.status()).isEqualTo("deployed");
    String url = deployment.result().path("url").asText();
    assertThat(WorkerProcess.fetch(url + "/health").orElseThrow().body()).isEqualTo("up\n");
  }

  @Test
  void anAppWhoseHealthCheckPathDoesNotAnswerFails() {
    DeploymentView deployment = bench.built(app("run: {healthCheckPath: /absent}", FOLDER, PAGE));

    assertThat(deployment.status()).isEqualTo("deployment_failed");
    assertThat(deployment.errorMessage().orElseThrow())
        .contains("did not answer GET /absent on port 3000 with 2xx or 3xx within 5 s");
  }

  @Test
  void anAppThatAnswersByteForByteHoldsNothingUp() {
    DeploymentView deployment =
        bench.built(
            app(
                "run: {healthCheckPath: /}",
                "RUN printf '#!/bin/sh\\nwhile printf x; do sleep 1; done\\n' > /drip && chmod +x"
                    + " /drip",
                "CMD [\"sh\", \"-c\", \"while true; do nc -l -p $PORT -e /drip; done\"]"));

    assertThat(deployment.status()).isEqualTo("deployment_failed");
    assertThat(deployment.result().path("stageMillis").path("deploy").asLong())
        .isLessThan(Duration.ofSeconds(25).toMillis());
  }

  @Test
  void theRepositorysCommandAndProcessCount() {
    DeploymentView deployment =
        bench.built(
            app("run: {command: 'echo at work; exec sleep 300', process: worker}", FOLDER, PAGE));

    assertThat(deployment.status()).isEqualTo("deployed");
    assertThat(deployment.result().has("port")).isFalse();
    assertThat(deployment.statusLogs().orElseThrow()).contains("at work\n");
  }

  @Test
  void theOperatorsLimitsAndVolumesAreTheContainers() throws IOException {
    BuildRequest request = app("run: {port: 8080}", FOLDER, PAGE);
    Files.writeString(
        appsDir.resolve(request.appId() + ".yaml"),
        "limits: {memory: 64m, cpus: 0.5}\nvolumes: {data: /app/data}\nrun: {port: 9090}\n");

    InspectContainerResponse container = container(bench.built(request));

    assertThat(container.getHostConfig().getMemory()).isEqualTo(64L << 20);
    assertThat(container.getHostConfig().getNanoCPUs()).isEqualTo(500_000_000L);
    assertThat(container.getHostConfig().getBinds())
        .containsExactly(Bind.parse(ImageRef.PREFIX + request.appId() + "-data:/app/data:rw"));
    assertThat(container.getConfig().getEnv()).contains("PORT=9090");
  }

  @Test
  void aMistakeInTheRepositorysFileIsTheErrorAndALineOfTheLog() {
    DeploymentView deployment = bench.built(app("run: {prot: 8080}", FOLDER, PAGE));

    String mistake = "skypanel.yaml: run.prot is not known here; there may be command,";
    assertThat(deployment.status()).isEqualTo("building_failed");
    assertThat(deployment.errorMessage().orElseThrow()).startsWith(mistake);
    assertThat(deployment.statusLogs().orElseThrow()).contains(mistake);
    await().until(() -> worker.workspaces().toFile().list().length == 0);
  }
}
