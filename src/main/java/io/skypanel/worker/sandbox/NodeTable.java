package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The panel's worker nodes. Thread-safe. */
final class NodeTable {
  private static final int TOKEN_BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final List<Node> nodes = new ArrayList<>();

  /** What registration answers. */
  record Registered(String nodeId, String token) {}

  private static final class Node {
    private final String id;
    private String token = "";
    private String status = "online";
    private ObjectNode registration = Json.object();
    private final ObjectNode metadata = Json.object();

    Node(String id) {
      this.id = id;
    }

    boolean isAt(String hostname, String address) {
      return registration.path("hostname").asText().equals(hostname)
          || registration.path("ipAddress").asText().equals(address);
    }

    NodeView view() {
      return new NodeView(id, status, registration.deepCopy(), metadata.deepCopy());
    }
  }

  /** Matches by hostname or address, so two workers that share one of them become one node. */
  synchronized Registered register(ObjectNode registration) {
    String hostname = registration.path("hostname").asText();
    String address = registration.path("ipAddress").asText();
    Node node =
        nodes.stream().filter(n -> n.isAt(hostname, address)).findFirst().orElseGet(this::add);
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    node.token = HexFormat.of().formatHex(token);
    node.status = "online";
    node.registration = registration.deepCopy();
    return new Registered(node.id, node.token);
  }

  private Node add() {
    Node node = new Node(UUID.randomUUID().toString());
    nodes.add(node);
    return node;
  }

  /** Whether there is such a node; brings it from offline to online, and out of nothing else. */
  synchronized boolean heartbeat(String nodeId, ObjectNode info) {
    Optional<Node> node = row(nodeId);
    node.ifPresent(
        n -> {
          n.metadata.setAll(info.deepCopy());
          if (n.status.equals("offline")) {
            n.status = "online";
          }
        });
    return node.isPresent();
  }

  synchronized Optional<NodeView> find(String nodeId) {
    return row(nodeId).map(Node::view);
  }

  synchronized List<NodeView> all() {
    return nodes.stream().map(Node::view).toList();
  }

  synchronized boolean knowsToken(String token) {
    return nodes.stream().anyMatch(n -> n.token.equals(token));
  }

  /** Throws IllegalArgumentException for a node that is not there. */
  synchronized void setStatus(String nodeId, String status) {
    row(nodeId).orElseThrow(() -> new IllegalArgumentException("no node " + nodeId)).status =
        status;
  }

  synchronized void forget() {
    nodes.clear();
  }

  private Optional<Node> row(String nodeId) {
    return nodes.stream().filter(n -> n.id.equals(nodeId)).findFirst();
  }
}
