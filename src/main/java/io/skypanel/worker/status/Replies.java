package io.skypanel.worker.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Sends answers, and gives up on clients that do not read them. Thread-safe. */
final class Replies {
  static final String JSON = "application/json";
  static final String TEXT = "text/plain; charset=utf-8";

  private final ObjectMapper json;
  private final WriteLimit limit;

  Replies(ObjectMapper json, WriteLimit limit) {
    this.json = json;
    this.limit = limit;
  }

  /** Sends a whole answer; to a HEAD its head. */
  void send(HttpExchange exchange, int status, String type, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    limit.run(
        () -> {
          exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
          if (!head) {
            exchange.getResponseBody().write(bytes);
          }
        });
  }

  /** Sends a sentence. */
  void sentence(HttpExchange exchange, int status, String text) throws IOException {
    send(exchange, status, TEXT, text + "\n");
  }

  /** As JSON that people can read. */
  String toJson(Object value) {
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For an answer that is written piece by piece. */
  WriteLimit limit() {
    return limit;
  }
}
