package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/** A plain client of a panel, for tests of the panel itself. */
final class PanelClient {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private Optional<String> token = Optional.empty();

  PanelClient(SandboxPanel panel) {
    this.base = panel.url();
  }

  /** Sends {@code token} with each call from now on. */
  void use(String newToken) {
    token = Optional.of(newToken);
  }

  HttpResponse<String> get(String path) throws IOException {
    return send(to(path).GET());
  }

  /** Posts JSON; single quotes stand for double ones. */
  HttpResponse<String> post(String path, String json) throws IOException {
    return send(
        to(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'))));
  }

  /** Registers a node and answers its id. */
  String register(String hostname, String address) throws IOException {
    String body = "{'name':'w','hostname':'%s','ipAddress':'%s'}".formatted(hostname, address);
    return json(post("/api/paas/worker/register", body)).at("/data/nodeId").asText();
  }

  /** Sends a status and answers the code. */
  int status(String deploymentId, String nodeId, String rest) throws IOException {
    String path = "/api/paas/worker/builds/" + deploymentId + "/status";
    return post(path, "{'nodeId':'" + nodeId + "'," + rest + "}").statusCode();
  }

  /** Sends a log entry and answers the code. */
  int log(String deploymentId, String nodeId, String rest) throws IOException {
    String path = "/api/paas/worker/builds/" + deploymentId + "/logs";
    return post(path, "{'nodeId':'" + nodeId + "'," + rest + "}").statusCode();
  }

  static JsonNode json(HttpResponse<String> response) {
    try {
      return Json.MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder to(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
