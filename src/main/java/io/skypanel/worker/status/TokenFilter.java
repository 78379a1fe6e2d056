package io.skypanel.worker.status;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** Lets none but those who bear the API token through; others get 401. Thread-safe. */
final class TokenFilter extends Filter {
  private final ApiToken token;
  private final Replies replies;

  TokenFilter(ApiToken token, Replies replies) {
    this.token = token;
    this.replies = replies;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    if (token.isIn(exchange.getRequestHeaders().getFirst("Authorization"))) {
      chain.doFilter(exchange);
      return;
    }
    try (exchange) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      replies.sentence(
          exchange, 401, "This call needs the token of WORKER_API_TOKEN or STATE_DIR/api-token");
    }
  }

  @Override
  public String description() {
    return "the API token";
  }
}
