package io.skypanel.worker.sandbox;

import static io.skypanel.worker.sandbox.PanelClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of the worker API, row by row. */
class WorkerApiTest {
  private static final String WORKER = "/api/paas/worker";

  private final SandboxPanel panel = SandboxPanel.open(PanelOptions.today().unlimited());
  private final PanelClient client = new PanelClient(panel);

  @AfterEach
  void close() {
    panel.close();
  }

  @Test
  void saysThatItIsHealthy() throws Exception {
    var health = client.get("/api/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(json(health).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("success", "message", "timestamp", "environment");
    assertThat(client.get(WORKER + "/health").statusCode()).isEqualTo(200);
  }

  @Test
  void registersANodeAndGivesItATokenOf64HexDigits() throws Exception {
    var answer =
        client.post(
            WORKER + "/register", "{'name':'w','hostname':'h','ipAddress':'10.0.0.1','port':3001}");

    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode body = json(answer);
    assertThat(body.path("success").asBoolean()).isTrue();
    assertThat(UUID.fromString(body.at("/data/nodeId").asText())).isNotNull();
    assertThat(body.at("/data/authToken").asText()).matches("[0-9a-f]{64}");
  }

  @Test
  void namesTheFieldsThatARegistrationLacks() throws Exception {
    var answer = client.post(WORKER + "/register", "{'name':'w','hostname':''}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").asText())
        .isEqualTo("Missing required fields: hostname, ipAddress");
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1,201", "::1,201", "fe80::1,201", "worker.example,500", "10.0.0.300,500"})
  void registersOnlyAnAddressThatIsAnIpAddress(String address, int status) throws Exception {
    String body = "{'name':'w','hostname':'h','ipAddress':'" + address + "'}";
    assertThat(client.post(WORKER + "/register", body).statusCode()).isEqualTo(status);
  }

  @Test
  void keepsTheNodeOfAWorkerThatSharesHostnameOrAddressAndSetsItOnline() throws Exception {
    String id = client.register("one", "10.0.0.1");
    panel.setNodeStatus(id, "maintenance");

    assertThat(client.register("one", "10.0.0.2")).isEqualTo(id);
    assertThat(client.register("two", "10.0.0.2")).isEqualTo(id);
    assertThat(client.register("three", "10.0.0.3")).isNotEqualTo(id);
    assertThat(panel.nodes().get(0).status()).isEqualTo("online");
  }

  @Test
  void takesAHeartbeatFromANodeItKnows() throws Exception {
    String id = client.register("h", "10.0.0.1");
    String path = WORKER + "/heartbeat";

    assertThat(client.post(path, "{'nodeId':'" + id + "','cpuCount':2}").statusCode())
        .isEqualTo(200);
    assertThat(client.post(path, "{'nodeId':'" + id + "','cpuLoad':1}").statusCode())
        .isEqualTo(200);
    assertThat(panel.nodes().get(0).metadata().toString())
        .isEqualTo("{\"cpuCount\":2,\"cpuLoad\":1}");
    assertThat(client.post(path, "{}").statusCode()).isEqualTo(400);
    var unknown = client.post(path, "{'nodeId':'" + UUID.randomUUID() + "'}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).path("error").asText()).isEqualTo("Worker node not found");
  }

  @ParameterizedTest
  @CsvSource({"offline,online", "busy,busy", "maintenance,maintenance", "online,online"})
  void bringsANodeOnlineByAHeartbeatOutOfOfflineAlone(String before, String after)
      throws Exception {
    String id = client.register("h", "10.0.0.1");
    panel.setNodeStatus(id, before);
    client.post(WORKER + "/heartbeat", "{'nodeId':'" + id + "'}");
    assertThat(panel.nodes().get(0).status()).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource({"online,200", "offline,403", "busy,403", "maintenance,403"})
  void letsAnOnlineNodeAcceptAlone(String status, int code) throws Exception {
    String id = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of("http://git.example/app.git"));
    panel.setNodeStatus(id, status);
    assertThat(accept(build, id)).isEqualTo(code);
  }

  @Test
  void refusesAnAcceptWithoutNodeOfAnUnknownNodeOrOfNoUuid() throws Exception {
    String id = client.register("h", "10.0.0.1");
    String build = UUID.randomUUID().toString();
    String path = WORKER + "/builds/" + build + "/accept";
    assertThat(client.post(path, "{}").statusCode()).isEqualTo(400);
    assertThat(accept(build, UUID.randomUUID().toString())).isEqualTo(403);
    assertThat(accept("no-uuid", id)).isEqualTo(500);
  }

  @Test
  void checksAStatusInTheOrderOfNodeIdNodeAndDeployment() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of("http://git.example/app.git"));
    String path = WORKER + "/builds/" + UUID.randomUUID() + "/status";

    assertThat(client.post(path, "{'status':'building'}").statusCode()).isEqualTo(400);
    assertThat(client.post(path, "{'nodeId':'x','status':'building'}").statusCode()).isEqualTo(403);
    assertThat(client.post(path, "{'nodeId':'" + node + "','status':'building'}").statusCode())
        .isEqualTo(404);
    assertThat(client.status(build, node, "'status':'compiling'")).isEqualTo(404);
    assertThat(client.status(build, node, "'status':'building','logs':'a\\u0000b'")).isEqualTo(404);
    assertThat(panel.statusesOf(build)).isEmpty();
    assertThat(client.status(build, node, "'status':'building'")).isEqualTo(200);
    assertThat(panel.statusesOf(build)).containsExactly("building");
  }

  @Test
  void takesLogsOfFourLevelsWithAMessage() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of("http://git.example/app.git"));

    assertThat(client.log(build, node, "'level':'info'")).isEqualTo(400);
    assertThat(client.log(build, node, "'level':'info','message':''")).isEqualTo(400);
    assertThat(client.log(build, node, "'message':'m'")).isEqualTo(400);
    assertThat(client.log(build, node, "'level':'fatal','message':'m'")).isEqualTo(400);
    for (String level : new String[] {"debug", "info", "warn", "error"}) {
      assertThat(
              client.log(
                  build, node, "'level':'" + level + "','message':'m','metadata':{'line':1}"))
          .isEqualTo(200);
    }
    assertThat(panel.deployment(build).buildLog())
        .extracting(LogRow::level)
        .containsExactly("debug", "info", "warn", "error");
    assertThat(panel.deployment(build).buildLog().get(0).metadata().path("line").asInt())
        .isEqualTo(1);
  }

  @Test
  void losesLogsOfAnUnknownDeploymentAndThoseWithNulBytes() throws Exception {
    String node = client.register("h", "10.0.0.1");
    String build = panel.queue(BuildRequest.of("http://git.example/app.git"));

    assertThat(client.log(UUID.randomUUID().toString(), node, "'level':'info','message':'m'"))
        .isEqualTo(200);
    assertThat(client.log(build, node, "'level':'info','message':'a\\u0000b'")).isEqualTo(200);
    assertThat(panel.deployment(build).buildLog()).isEmpty();
  }

  @Test
  void showsANode() throws Exception {
    String id = client.register("h", "10.0.0.1");
    JsonNode worker = json(client.get(WORKER + "/" + id + "/status")).at("/data/worker");
    assertThat(worker.path("id").asText()).isEqualTo(id);
    assertThat(worker.path("status").asText()).isEqualTo("online");
    panel.forgetNodes();
    assertThat(client.get(WORKER + "/" + id + "/status").statusCode()).isEqualTo(404);
  }

  @Test
  void answers401ForAPathItDoesNotKnow() throws Exception {
    for (String path : new String[] {"/", "/api/apps", WORKER + "/nothing/here"}) {
      var answer = client.get(path);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).isEqualTo("{\"error\":\"Access token required\"}");
    }
  }

  private int accept(String build, String node) throws Exception {
    return client
        .post(WORKER + "/builds/" + build + "/accept", "{'nodeId':'" + node + "'}")
        .statusCode();
  }
}
