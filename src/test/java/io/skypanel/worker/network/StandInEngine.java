package io.skypanel.worker.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Networks and containers as the engine's API has them, and no image or volume, where a test needs
 * networks that no real engine makes, or refusals. Its network {@code bridge} is there from the
 * start.
 */
public final class StandInEngine implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, ObjectNode> networks = new ConcurrentSkipListMap<>();

  /** Each container's network, by the container's id. */
  final Map<String, String> containers = new ConcurrentHashMap<>();

  /** What a container's label says of its network, by the container's id. */
  final Map<String, String> networkLabels = new ConcurrentHashMap<>();

  /** Which container was put on which network again. */
  final Map<String, String> connected = new ConcurrentHashMap<>();

  /** Networks that can't be removed, and why; an engine's answer of 500. */
  public final Map<String, String> stuck = new ConcurrentHashMap<>();

  /** Runs when the engine is told to remove a network, before it does. */
  volatile Step beforeRemoval = () -> {};

  /** May wait. */
  interface Step {
    void run() throws InterruptedException;
  }

  public final DockerEndpoint endpoint;
  public final DockerEngine engine;

  public StandInEngine() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    endpoint =
        new DockerEndpoint(
            "tcp://127.0.0.1:" + server.getAddress().getPort(), false, Optional.empty());
    engine = new DockerEngine(endpoint);
    add("bridge");
  }

  /** A network of somebody else's. */
  void add(String name, String... subnets) {
    ObjectNode network = json.createObjectNode();
    ArrayNode config = network.putObject("IPAM").putArray("Config");
    for (String subnet : subnets) {
      config.addObject().put("Subnet", subnet);
    }
    add(name, network);
  }

  private void add(String name, ObjectNode network) {
    network.put("Name", name).put("Id", name).put("Driver", "bridge");
    network.withObjectProperty("Labels");
    networks.put(name, network);
  }

  public Set<String> networks() {
    return networks.keySet();
  }

  String subnet(String network) {
    return networks.get(network).at("/IPAM/Config/0/Subnet").asText();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String call = exchange.getRequestMethod() + " " + path;
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (call.equals("GET /networks")) {
        send(exchange, 200, json.createArrayNode().addAll(networks.values()));
      } else if (call.equals("POST /networks/create")) {
        ObjectNode made = (ObjectNode) json.readTree(exchange.getRequestBody());
        add(made.path("Name").asText(), made);
        send(exchange, 201, json.createObjectNode().put("Id", made.path("Name").asText()));
      } else if (call.equals("GET /containers/json")) {
        send(exchange, 200, containers(exchange.getRequestURI().getRawQuery()));
      } else if (call.equals("GET /images/json")) {
        send(exchange, 200, json.createArrayNode());
      } else if (call.equals("GET /volumes")) {
        send(exchange, 200, json.createObjectNode());
      } else if (call.matches("GET /containers/.+/json")) {
        send(exchange, 200, container(path.split("/", -1)[2]));
      } else if (call.matches("POST /networks/.+/(dis)?connect")) {
        String container = json.readTree(exchange.getRequestBody()).path("Container").asText();
        if (name.equals("connect")) {
          connected.put(container, path.split("/", -1)[2]);
        }
        exchange.sendResponseHeaders(200, -1);
      } else if (!networks.containsKey(name)) {
        send(exchange, 404, json.createObjectNode().put("message", "no such network"));
      } else if (call.startsWith("GET ")) {
        send(exchange, 200, networks.get(name));
      } else if (stuck.containsKey(name)) {
        send(exchange, 500, json.createObjectNode().put("message", stuck.get(name)));
      } else {
        pause(beforeRemoval);
        networks.remove(name);
        exchange.sendResponseHeaders(204, -1);
      }
    }
  }

  private static void pause(Step step) throws InterruptedIOException {
    try {
      step.run();
    } catch (InterruptedException e) {
      throw new InterruptedIOException(e.getMessage());
    }
  }

  private ArrayNode containers(String query) {
    String filters = URLDecoder.decode(String.valueOf(query), UTF_8);
    ArrayNode found = json.createArrayNode();
    containers.forEach(
        (id, network) -> {
          if (!filters.contains("\"network\"") || filters.contains("\"" + network + "\"")) {
            ObjectNode container = found.addObject().put("Id", id);
            container.putObject("HostConfig").put("NetworkMode", network);
          }
        });
    return found;
  }

  private ObjectNode container(String id) {
    ObjectNode container = json.createObjectNode().put("Id", id);
    container.putObject("HostConfig").put("NetworkMode", containers.get(id));
    container.putObject("NetworkSettings").putObject("Networks");
    container.putObject("Config").putObject("Labels").put(Labels.NETWORK, networkLabels.get(id));
    return container;
  }

  private void send(HttpExchange exchange, int status, JsonNode answer) throws IOException {
    byte[] bytes = json.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() throws IOException {
    engine.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
