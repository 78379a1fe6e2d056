package io.skypanel.worker.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /builds/{deploymentId}/cancel}, for whoever bears the API token. Thread-safe. */
final class Cancellation implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);
  private static final Pattern PATH = Pattern.compile("/builds/([A-Za-z0-9_.-]{1,63})/cancel");

  private final BuildBoard board;
  private final ApiToken token;

  Cancellation(BuildBoard board, ApiToken token) {
    this.board = board;
    this.token = token;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
      if (!token.isIn(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        send(exchange, 401, "This call needs the token of WORKER_API_TOKEN or STATE_DIR/api-token");
      } else if (!path.matches()) {
        send(exchange, 404, "See POST /builds/{deploymentId}/cancel");
      } else if (!exchange.getRequestMethod().equals("POST")) {
        send(exchange, 405, "Only POST cancels a build");
      } else if (board.cancel(path.group(1))) {
        log.info("Build {} is being cancelled, as told over HTTP", path.group(1));
        send(exchange, 202, "Build " + path.group(1) + " is being cancelled");
      } else {
        send(exchange, 404, "No build " + path.group(1) + " runs here");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
