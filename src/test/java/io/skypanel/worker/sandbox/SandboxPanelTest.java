package io.skypanel.worker.sandbox;

import static io.skypanel.worker.sandbox.PanelClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the panel does wrong, or in its own way, as the real one does. */
class SandboxPanelTest {
  private static final String QUEUED = "/api/paas/worker/builds/queued";
  private static final String REPOSITORY = "http://git.example/team/shop.git";

  private final SandboxPanel panel = SandboxPanel.open(PanelOptions.today().unlimited());
  private final PanelClient client = new PanelClient(panel);

  @AfterEach
  void close() {
    panel.close();
  }

  @Test
  void handsOutTheOldestBuildFirstUntilItsFirstStatus() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String younger =
        panel.queue(BuildRequest.of(REPOSITORY).with("createdAt", "2026-02-01T00:00:00Z"));
    String older =
        panel.queue(BuildRequest.of(REPOSITORY).with("createdAt", "2026-01-01T00:00:00Z"));
    var builds = json(client.get(QUEUED)).at("/data/builds");
    assertThat(builds.findValuesAsText("deploymentId")).containsExactly(older, younger);
    assertThat(builds.get(0).path("status").asText()).isEqualTo("pending");

    String accept = "/api/paas/worker/builds/" + older + "/accept";
    assertThat(client.post(accept, "{'nodeId':'" + node + "'}").statusCode()).isEqualTo(200);
    assertThat(client.post(accept, "{'nodeId':'" + node + "'}").statusCode()).isEqualTo(200);
    assertThat(json(client.get(QUEUED)).at("/data/builds")).hasSize(2);

    client.status(older, node, "'status':'building'");
    assertThat(json(client.get(QUEUED)).at("/data/builds").findValuesAsText("deploymentId"))
        .containsExactly(younger);
  }

  @ParameterizedTest
  @CsvSource({"DATA_BUILDS,/data/builds", "DATA,/data", "BUILDS,/builds", "BARE,''"})
  void handsOutBuildsInAnyShapeInUse(PayloadShape shape, String pointer) throws Exception {
    String id = panel.queue(BuildRequest.of(REPOSITORY));
    panel.shape(shape);
    assertThat(json(client.get(QUEUED)).at(pointer).path(0).path("deploymentId").asText())
        .isEqualTo(id);
  }

  @Test
  void handsOutAnythingElseOnDemand() throws Exception {
    panel.rawQueue("{\"builds\":{\"count\":0}}");
    assertThat(client.get(QUEUED).body()).isEqualTo("{\"builds\":{\"count\":0}}");
    panel.shape(PayloadShape.BARE);
    panel.queueOddity(Json.MAPPER.getNodeFactory().numberNode(7));
    assertThat(client.get(QUEUED).body()).isEqualTo("[7]");
  }

  @Test
  void writesAFalseErrorLineForEachStatusWhoseNameLacksSuccess() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of(REPOSITORY));
    for (String status : new String[] {"building", "building_success", "deployed"}) {
      client.status(build, node, "'status':'" + status + "'");
    }
    assertThat(panel.deployment(build).buildLog())
        .extracting(LogRow::message)
        .containsExactly(
            "Build failed: Unknown error",
            "Build completed successfully",
            "Build failed: Unknown error");
    assertThat(panel.deployment(build).buildLog())
        .extracting(LogRow::isFalse)
        .containsExactly(true, false, true);
    assertThat(panel.deployment(build).workerLog()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "building,pending",
    "deploying,pending",
    "deployed,pending",
    "building_success,deployed",
    "building_failed,building_failed",
    "deployment_failed,deployment_failed"
  })
  void changesTheAppsRowOnSuccessfulBuildAndOnFailuresAlone(String status, String app)
      throws Exception {
    String node = client.register("h", "10.0.0.1");
    BuildRequest request = BuildRequest.of(REPOSITORY);
    client.status(panel.queue(request), node, "'status':'" + status + "'");
    assertThat(panel.app(request.appId()).status()).isEqualTo(app);
    assertThat(panel.app(request.appId()).name()).isEqualTo("shop");
  }

  @Test
  void replacesLogsAndNeverClearsAnErrorMessage() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of(REPOSITORY));
    client.status(build, node, "'status':'building_failed','logs':'one','errorMessage':'broken'");
    client.status(
        build, node, "'status':'building_success','logs':'two','result':{'imageId':'sha256:1'}");

    DeploymentView row = panel.deployment(build);
    assertThat(row.status()).isEqualTo("building_success");
    assertThat(row.statusLogs()).contains("two");
    assertThat(row.errorMessage()).contains("broken");
    assertThat(row.result().path("imageId").asText()).isEqualTo("sha256:1");
    assertThat(row.buildLog().get(0).message()).isEqualTo("Build failed: broken");
    assertThat(row.buildLog().get(0).isFalse()).isFalse();
  }

  @Test
  void answers500ForMalformedJsonAndForABodyOver10Mib() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of(REPOSITORY));
    assertThat(client.post("/api/paas/worker/heartbeat", "{'nodeId':").statusCode()).isEqualTo(500);
    String most = "x".repeat((10 << 20) - 200);
    assertThat(client.status(build, node, "'status':'building','logs':'" + most + "'"))
        .isEqualTo(200);
    assertThat(
            client.status(build, node, "'status':'building','logs':'" + "x".repeat(10 << 20) + "'"))
        .isEqualTo(500);
  }

  @Test
  void checksTokensWhereItIsToldTo() throws Exception {
    try (var strict = SandboxPanel.open(PanelOptions.today().checkingTokens())) {
      PanelClient worker = new PanelClient(strict);
      String body = "{'name':'w','hostname':'h','ipAddress':'10.0.0.1'}";
      String token =
          json(worker.post("/api/paas/worker/register", body)).at("/data/authToken").asText();
      assertThat(worker.get(QUEUED).statusCode()).isEqualTo(401);
      worker.use(token);
      assertThat(worker.get(QUEUED).statusCode()).isEqualTo(200);
      strict.forgetNodes();
      assertThat(worker.get(QUEUED).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void answersBelowABasePathAlone() throws Exception {
    try (var below = SandboxPanel.open(PanelOptions.today().below("/base"))) {
      assertThat(below.url()).endsWith("/base");
      assertThat(new PanelClient(below).get("/api/health").statusCode()).isEqualTo(200);
      assertThat(new PanelClient(below).get("/../api/health").statusCode()).isNotEqualTo(200);
    }
  }

  @Test
  void recordsEachCallWithWhatWasAnswered() throws Exception {
    client.register("h", "10.0.0.1");
    client.get("/api/nothing");
    assertThat(panel.calls()).extracting(PanelCall::status).containsExactly(201, 401);
    PanelCall first = panel.calls().get(0);
    assertThat(first.is("POST /api/paas/worker/register")).isTrue();
    assertThat(first.json().path("hostname").asText()).isEqualTo("h");
    assertThat(panel.calls("GET .*")).hasSize(1);
    assertThat(panel.calls().get(1).at()).isGreaterThanOrEqualTo(first.at());
  }

  @Test
  void goesAwayAndComesBackOnTheSamePortWithAllItKnew() throws Exception {
    String build = panel.queue(BuildRequest.of(REPOSITORY));
    int port = panel.port();
    panel.stop();
    assertThatThrownBy(() -> client.get("/api/health")).isInstanceOf(IOException.class);
    panel.start();
    assertThat(panel.port()).isEqualTo(port);
    assertThat(json(client.get(QUEUED)).at("/data/builds/0/deploymentId").asText())
        .isEqualTo(build);
  }

  @Test
  void queuesABuildAndShowsItToSomeoneAtTheTerminal() throws Exception {
    var queued = client.post("/sandbox/builds", "{'githubRepoUrl':'" + REPOSITORY + "'}");
    assertThat(queued.statusCode()).isEqualTo(201);
    String id = json(queued).at("/data/deploymentId").asText();

    var shown = json(client.get("/sandbox"));
    assertThat(shown.at("/deployments/0/id").asText()).isEqualTo(id);
    assertThat(shown.at("/deployments/0/status").asText()).isEqualTo("pending");
    assertThat(shown.at("/apps/0/name").asText()).isEqualTo("shop");
    assertThat(client.post("/sandbox/builds", "[]").statusCode()).isEqualTo(400);
    assertThat(panel.calls()).isEmpty();
  }

  @Test
  void letsADeploymentOverrideWhatTheAppSays() {
    BuildRequest request =
        BuildRequest.of(REPOSITORY)
            .environment(Map.of("A", "1"))
            .withConfig("dockerfilePath", "docker/Dockerfile");
    assertThat(request.fields().at("/dockerfilePath").asText()).isEqualTo("Dockerfile");
    assertThat(request.fields().at("/metadata/build_config/dockerfilePath").asText())
        .isEqualTo("docker/Dockerfile");
    assertThat(request.again().appId()).isEqualTo(request.appId());
    assertThat(request.again().deploymentId()).isNotEqualTo(request.deploymentId());
  }
}
