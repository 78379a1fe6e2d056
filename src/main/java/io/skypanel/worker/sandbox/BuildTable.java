package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The panel's apps, deployments and build logs, with the faults that the real one's database and
 * code have. Thread-safe.
 */
final class BuildTable {
  private static final Set<String> STATUSES =
      Set.of(
          "pending",
          "building",
          "building_success",
          "building_failed",
          "deploying",
          "deployed",
          "deployment_failed",
          "rollback",
          "rolled_back",
          "rollback_failed");
  private static final String NUL = "\0";

  private final Map<String, Deployment> deployments = new LinkedHashMap<>();
  private final Map<String, AppView> apps = new LinkedHashMap<>();
  private final List<JsonNode> oddities = new ArrayList<>();

  /** A status as a worker sends it. */
  record StatusUpdate(
      String status,
      Optional<String> logs,
      Optional<String> errorMessage,
      Optional<JsonNode> result) {
    boolean hasNul() {
      return logs.orElse("").contains(NUL)
          || errorMessage.orElse("").contains(NUL)
          || result.map(JsonNode::toString).orElse("").contains("\\u0000");
    }
  }

  private static final class Deployment {
    private final ObjectNode record;
    private String status = "pending";
    private final List<String> statuses = new ArrayList<>();
    private Optional<String> errorMessage = Optional.empty();
    private JsonNode result = MissingNode.getInstance();
    private final List<LogRow> log = new ArrayList<>();
    private Optional<String> statusLogs = Optional.empty();

    Deployment(ObjectNode record) {
      this.record = record;
    }

    String id() {
      return record.path("deploymentId").asText();
    }

    String appId() {
      return record.path("appId").asText();
    }

    DeploymentView view() {
      return new DeploymentView(
          id(),
          appId(),
          status,
          List.copyOf(statuses),
          errorMessage,
          result,
          List.copyOf(log),
          statusLogs);
    }
  }

  /** Puts a build into the queue, with ids where it has none, and answers its deployment's id. */
  synchronized String queue(ObjectNode fields) {
    ObjectNode record = fields.deepCopy();
    for (String id : List.of("deploymentId", "appId")) {
      if (Json.text(record, id).isEmpty()) {
        record.put(id, UUID.randomUUID().toString());
      }
    }
    if (!record.has("createdAt")) {
      record.put("createdAt", Instant.now().toString());
    }
    if (!record.has("version")) {
      record.put("version", "v" + (deployments.size() + 1));
    }
    record.put("status", "pending");
    Deployment deployment = new Deployment(record);
    deployments.put(deployment.id(), deployment);
    String name = Json.text(record, "appName").orElseGet(() -> repositoryName(record));
    apps.putIfAbsent(deployment.appId(), new AppView(deployment.appId(), name, "pending"));
    return deployment.id();
  }

  /** Adds to the handed out list what is no proper record; it stays there. */
  synchronized void queueOddity(JsonNode element) {
    oddities.add(element.deepCopy());
  }

  private static String repositoryName(ObjectNode record) {
    String url = record.path("githubRepoUrl").asText("app");
    return url.replaceFirst("/+$", "").replaceFirst("\\.git$", "").replaceFirst(".*[/:]", "");
  }

  /** What is pending, oldest first: accepting takes nothing off, the first status does. */
  synchronized ArrayNode queued() {
    ArrayNode builds = Json.MAPPER.createArrayNode();
    deployments.values().stream()
        .filter(d -> d.status.equals("pending"))
        .sorted(Comparator.comparing(d -> d.record.path("createdAt").asText()))
        .forEach(d -> builds.add(d.record.deepCopy()));
    oddities.forEach(builds::add);
    return builds;
  }

  /** False for what the database refuses, which the panel reports as an unknown deployment. */
  synchronized boolean update(String deploymentId, StatusUpdate update) {
    Deployment row = deployments.get(deploymentId);
    String status = update.status();
    if (row == null || !STATUSES.contains(status) || update.hasNul()) {
      return false;
    }
    row.status = status;
    row.statuses.add(status);
    update.logs().ifPresent(l -> row.statusLogs = Optional.of(l));
    update.errorMessage().ifPresent(e -> row.errorMessage = Optional.of(e));
    update.result().ifPresent(r -> row.result = r.deepCopy());
    switch (status) {
      case "building_success" -> setApp(row.appId(), "deployed");
      case "building_failed", "deployment_failed" -> setApp(row.appId(), status);
      default -> {
        // the app's row stays as it was
      }
    }
    boolean success = status.contains("success");
    String message =
        success
            ? "Build completed successfully"
            : "Build failed: " + update.errorMessage().orElse("Unknown error");
    Instant now = Instant.now();
    JsonNode metadata = Json.object().put("finalStatus", status).put("completedAt", now.toString());
    row.log.add(new LogRow(now, success ? "info" : "error", message, metadata, true));
    return true;
  }

  /** Loses the row, without a word, for an unknown deployment and for NUL. */
  synchronized void log(String deploymentId, String level, String message, JsonNode metadata) {
    Deployment row = deployments.get(deploymentId);
    boolean nul = message.contains(NUL) || metadata.toString().contains("\\u0000");
    if (row != null && !nul) {
      row.log.add(new LogRow(Instant.now(), level, message, metadata.deepCopy(), false));
    }
  }

  synchronized Optional<DeploymentView> deployment(String id) {
    return Optional.ofNullable(deployments.get(id)).map(Deployment::view);
  }

  synchronized List<DeploymentView> allDeployments() {
    return deployments.values().stream().map(Deployment::view).toList();
  }

  synchronized Optional<AppView> app(String id) {
    return Optional.ofNullable(apps.get(id));
  }

  synchronized List<AppView> allApps() {
    return List.copyOf(apps.values());
  }

  private void setApp(String appId, String status) {
    apps.computeIfPresent(appId, (id, app) -> new AppView(id, app.name(), status));
  }
}
