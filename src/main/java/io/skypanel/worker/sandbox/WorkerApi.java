package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The calls that a worker makes, answered as the real panel does, its faults included. */
final class WorkerApi {
  private static final String ROOT = "/api/paas/worker";
  private static final Pattern BUILD =
      Pattern.compile("POST " + ROOT + "/builds/([^/]+)/(accept|status|logs)");
  private static final Pattern NODE = Pattern.compile("GET " + ROOT + "/([^/]+)/status");
  private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");
  private static final Pattern IPV4 =
      Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  private final NodeTable nodes;
  private final BuildTable builds;
  private final Supplier<Answer> queuedBuilds;
  private final boolean tokensChecked;

  WorkerApi(
      NodeTable nodes, BuildTable builds, Supplier<Answer> queuedBuilds, boolean tokensChecked) {
    this.nodes = nodes;
    this.builds = builds;
    this.queuedBuilds = queuedBuilds;
    this.tokensChecked = tokensChecked;
  }

  /** Answers a call with a well-formed body; empty for a path that this API has not. */
  Optional<Answer> answer(String method, String path, String authorization, JsonNode body) {
    String line = method + " " + path;
    Optional<Answer> open =
        switch (line) {
          case "GET /api/health" -> Optional.of(health());
          case "GET " + ROOT + "/health" -> Optional.of(workerHealth());
          case "POST " + ROOT + "/register" -> Optional.of(register(body));
          default -> Optional.empty();
        };
    if (open.isPresent()) {
      return open;
    }
    boolean refused =
        tokensChecked && !nodes.knowsToken(authorization.replaceFirst("^Bearer ", ""));
    if (refused && path.startsWith(ROOT + "/")) {
      return Optional.of(Answer.error(401, "Invalid worker token"));
    }
    return switch (line) {
      case "POST " + ROOT + "/heartbeat" -> Optional.of(heartbeat(body));
      case "GET " + ROOT + "/builds/queued" -> Optional.of(queuedBuilds.get());
      default -> answerAbout(line, body);
    };
  }

  private Optional<Answer> answerAbout(String line, JsonNode body) {
    Matcher build = BUILD.matcher(line);
    if (build.matches()) {
      String id = build.group(1);
      return Optional.of(
          switch (build.group(2)) {
            case "accept" -> accept(id, body);
            case "status" -> status(id, body);
            default -> logs(id, body);
          });
    }
    Matcher node = NODE.matcher(line);
    return node.matches() ? Optional.of(nodeStatus(node.group(1))) : Optional.empty();
  }

  private static Answer health() {
    ObjectNode body = Json.object().put("success", true).put("message", "ok");
    body.put("timestamp", Instant.now().toString()).put("environment", "sandbox");
    return Answer.json(200, body);
  }

  private static Answer workerHealth() {
    return Answer.data(
        200,
        Json.object()
            .put("status", "healthy")
            .put("timestamp", Instant.now().toString())
            .put("version", "1.0.0"));
  }

  private Answer register(JsonNode body) {
    List<String> missing =
        Stream.of("name", "hostname", "ipAddress")
            .filter(field -> Json.truthy(body, field).isEmpty())
            .toList();
    if (!missing.isEmpty()) {
      return Answer.error(400, "Missing required fields: " + String.join(", ", missing));
    }
    String address = body.path("ipAddress").asText();
    if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
      return Answer.error(500, "Failed to register worker node");
    }
    NodeTable.Registered registered = nodes.register((ObjectNode) body);
    ObjectNode answer = Json.object().put("success", true);
    answer
        .putObject("data")
        .put("nodeId", registered.nodeId())
        .put("authToken", registered.token());
    return Answer.json(201, answer.put("message", "Worker node registered successfully"));
  }

  private Answer heartbeat(JsonNode body) {
    Optional<String> nodeId = Json.text(body, "nodeId");
    if (nodeId.isEmpty()) {
      return Answer.error(400, "Missing worker node ID");
    }
    ObjectNode info = body.deepCopy();
    info.remove(List.of("nodeId", "timestamp"));
    return nodes.heartbeat(nodeId.get(), info)
        ? Answer.success("Heartbeat received")
        : Answer.error(404, "Worker node not found");
  }

  private Answer accept(String deploymentId, JsonNode body) {
    Optional<String> nodeId = Json.text(body, "nodeId");
    if (nodeId.isEmpty()) {
      return Answer.error(400, "Missing worker node ID");
    }
    if (!isUuid(nodeId.get()) || !isUuid(deploymentId)) {
      return Answer.error(500, "Failed to accept build job");
    }
    boolean online = nodes.find(nodeId.get()).filter(n -> n.status().equals("online")).isPresent();
    return online
        ? Answer.success("Build job accepted")
        : Answer.error(403, "Worker node not found or not online");
  }

  private Answer status(String deploymentId, JsonNode body) {
    Optional<String> nodeId = Json.text(body, "nodeId");
    if (nodeId.isEmpty()) {
      return Answer.error(400, "Missing worker node ID");
    }
    if (nodes.find(nodeId.get()).isEmpty()) {
      return Answer.error(403, "Worker node not found");
    }
    var update =
        new BuildTable.StatusUpdate(
            Json.text(body, "status").orElse(""),
            Json.text(body, "logs"),
            Json.text(body, "errorMessage"),
            Json.truthy(body, "result"));
    return builds.update(deploymentId, update)
        ? Answer.success("Build status updated successfully")
        : Answer.error(404, "Deployment not found");
  }

  private Answer logs(String deploymentId, JsonNode body) {
    Optional<String> level = Json.text(body, "level");
    Optional<String> message = Json.text(body, "message");
    if (Json.text(body, "nodeId").isEmpty() || level.isEmpty() || message.isEmpty()) {
      return Answer.error(400, "Missing required fields: nodeId, level, message");
    }
    if (!LEVELS.contains(level.get())) {
      return Answer.error(400, "Invalid log level. Must be one of: " + String.join(", ", LEVELS));
    }
    JsonNode metadata = Json.truthy(body, "metadata").orElseGet(Json::object);
    builds.log(deploymentId, level.get(), message.get(), metadata);
    return Answer.success("Build log added successfully");
  }

  private Answer nodeStatus(String nodeId) {
    return nodes
        .find(nodeId)
        .map(n -> Answer.data(200, describe(n)))
        .orElseGet(() -> Answer.error(404, "Worker node not found"));
  }

  private ObjectNode describe(NodeView node) {
    ObjectNode worker = node.registration().deepCopy();
    worker.put("id", node.id()).put("status", node.status());
    worker.put("currentBuilds", node.metadata().path("currentBuilds").asInt());
    worker.set("metadata", node.metadata());
    ObjectNode data = Json.object();
    data.set("worker", worker);
    data.putObject("systemStats").put("totalNodes", nodes.all().size());
    return data;
  }

  private static boolean isUuid(String id) {
    try {
      return UUID.fromString(id).toString().equalsIgnoreCase(id);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
