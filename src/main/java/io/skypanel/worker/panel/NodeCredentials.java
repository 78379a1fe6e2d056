package io.skypanel.worker.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.disk.DurableFile;
import io.skypanel.worker.settings.WorkerSettings.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The node id and token that registration gave, kept in {@code STATE_DIR/credentials.json} (0600)
 * together with the facts that were registered. Thread-safe.
 */
public final class NodeCredentials {
  private final Path file;
  private final ObjectMapper json;
  private volatile Optional<Credentials> credentials;
  private volatile Map<String, String> facts;

  /** Reads what is kept; {@code given} (by the operator) wins over it. */
  public NodeCredentials(Path stateDir, Optional<Credentials> given, ObjectMapper json) {
    this.file = stateDir.resolve("credentials.json");
    this.json = json;
    JsonNode kept = read();
    String nodeId = kept.path("nodeId").asText("");
    String token = kept.path("authToken").asText("");
    Optional<Credentials> fromFile =
        nodeId.isEmpty() || token.isEmpty()
            ? Optional.empty()
            : Optional.of(new Credentials(nodeId, token));
    this.credentials = given.or(() -> fromFile);
    Map<String, String> keptFacts = new LinkedHashMap<>();
    kept.path("facts")
        .fields()
        .forEachRemaining(f -> keptFacts.put(f.getKey(), f.getValue().asText()));
    this.facts = Map.copyOf(keptFacts);
  }

  private JsonNode read() {
    try {
      return Files.exists(file) ? json.readTree(file.toFile()) : json.createObjectNode();
    } catch (IOException unreadable) {
      return json.createObjectNode();
    }
  }

  /** Node id and token, if the worker has them. */
  public Optional<Credentials> current() {
    return credentials;
  }

  /** The node id, or an empty text before registration. */
  public String nodeId() {
    return credentials.map(Credentials::nodeId).orElse("");
  }

  /** The value of the {@code Authorization} header; empty before registration. */
  public String bearer() {
    return credentials.map(c -> "Bearer " + c.authToken()).orElse("");
  }

  /** What the panel was told at the last registration. */
  Map<String, String> registeredFacts() {
    return facts;
  }

  /** Keeps what a registration answered; it is in use even if the disk does not take it. */
  void keep(Credentials registered, Map<String, String> registeredFacts) throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("nodeId", registered.nodeId());
    content.put("authToken", registered.authToken());
    content.put("facts", registeredFacts);
    credentials = Optional.of(registered);
    facts = Map.copyOf(registeredFacts);
    DurableFile.write(file, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
  }
}
