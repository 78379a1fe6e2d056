package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** What a person at the terminal may ask of the sandbox; the real panel has none of it. */
final class SandboxApi {
  private final NodeTable nodes;
  private final BuildTable builds;

  SandboxApi(NodeTable nodes, BuildTable builds) {
    this.nodes = nodes;
    this.builds = builds;
  }

  static boolean owns(String path) {
    return path.equals("/sandbox") || path.startsWith("/sandbox/");
  }

  Optional<Answer> answer(String method, String path, JsonNode body) {
    return switch (method + " " + path) {
      case "GET /sandbox" ->
          Optional.of(new Answer(200, "application/json; charset=utf-8", Json.pretty(describe())));
      case "POST /sandbox/builds" -> Optional.of(queue(body));
      default -> Optional.empty();
    };
  }

  private Answer queue(JsonNode body) {
    if (!body.isObject()) {
      return Answer.error(400, "a build is a JSON object, such as {\"githubRepoUrl\":\"…\"}");
    }
    String deploymentId = builds.queue((ObjectNode) body);
    String appId = builds.deployment(deploymentId).orElseThrow().appId();
    return Answer.data(201, Json.object().put("deploymentId", deploymentId).put("appId", appId));
  }

  private ObjectNode describe() {
    ObjectNode all = Json.object();
    ArrayNode nodeList = all.putArray("nodes");
    for (NodeView node : nodes.all()) {
      ObjectNode described = nodeList.addObject().put("id", node.id());
      described.put("name", node.registration().path("name").asText());
      described.put("status", node.status()).set("metadata", node.metadata());
    }
    ArrayNode appList = all.putArray("apps");
    for (AppView app : builds.allApps()) {
      appList.addObject().put("id", app.id()).put("name", app.name()).put("status", app.status());
    }
    ArrayNode deploymentList = all.putArray("deployments");
    builds.allDeployments().forEach(d -> describe(d, deploymentList.addObject()));
    return all;
  }

  private static void describe(DeploymentView deployment, ObjectNode into) {
    into.put("id", deployment.id()).put("appId", deployment.appId());
    into.put("status", deployment.status());
    ArrayNode statuses = into.putArray("statuses");
    deployment.statuses().forEach(statuses::add);
    deployment.errorMessage().ifPresent(e -> into.put("errorMessage", e));
    if (!deployment.result().isMissingNode()) {
      into.set("result", deployment.result());
    }
    ArrayNode log = into.putArray("log");
    for (LogRow row : deployment.buildLog()) {
      ObjectNode described = log.addObject().put("at", row.at().toString());
      described.put("level", row.level()).put("message", row.message());
      described.put("writtenByPanel", row.byPanel());
    }
    deployment.statusLogs().ifPresent(l -> into.put("logs", l));
  }
}
