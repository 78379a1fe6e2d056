package io.skypanel.worker.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /builds/{deploymentId}/cancel}, behind the API token. Thread-safe. */
final class Cancellation implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);
  private static final Pattern PATH = Pattern.compile("/builds/([A-Za-z0-9_.-]{1,63})/cancel");

  private final BuildBoard board;
  private final Replies replies;

  Cancellation(BuildBoard board, Replies replies) {
    this.board = board;
    this.replies = replies;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
      if (!path.matches()) {
        replies.sentence(exchange, 404, "See POST /builds/{deploymentId}/cancel");
      } else if (!exchange.getRequestMethod().equals("POST")) {
        replies.sentence(exchange, 405, "Only POST cancels a build");
      } else if (board.cancel(path.group(1))) {
        log.info("Build {} is being cancelled, as told over HTTP", path.group(1));
        replies.sentence(exchange, 202, "Build " + path.group(1) + " is being cancelled");
      } else {
        replies.sentence(exchange, 404, "No build " + path.group(1) + " runs here");
      }
    }
  }
}
