package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The way of a call through the panel: faults, then the rate limit, then the body's checks, then
 * the API. Each call is recorded when its answer is known, before it is sent.
 */
final class PanelHandler implements HttpHandler {
  private static final int BODY_LIMIT_BYTES = 10 << 20;
  private static final int DROPPED = 0;

  private final String basePath;
  private final LongSupplier nanoClock;
  private final Faults faults;
  private final RateLimit limit;
  private final WorkerApi workerApi;
  private final SandboxApi sandboxApi;
  private final Consumer<PanelCall> record;

  PanelHandler(
      String basePath,
      LongSupplier nanoClock,
      Faults faults,
      RateLimit limit,
      WorkerApi workerApi,
      SandboxApi sandboxApi,
      Consumer<PanelCall> record) {
    this.basePath = basePath;
    this.nanoClock = nanoClock;
    this.faults = faults;
    this.limit = limit;
    this.workerApi = workerApi;
    this.sandboxApi = sandboxApi;
    this.record = record;
  }

  /** A call that came in, read to its end. */
  private record Call(
      Duration at,
      String method,
      String path,
      String authorization,
      String type,
      int bodyBytes,
      String body) {
    PanelCall answered(int status) {
      String kept = body.substring(0, Math.min(body.length(), PanelCall.KEPT_BODY_CHARS));
      return new PanelCall(at, method, path, authorization, kept, status);
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      if (!path.startsWith(basePath + "/")) {
        send(exchange, new Answer(404, "text/html", "<h1>404 Not Found</h1>\n"), Map.of());
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT_BYTES + 1);
      Call call =
          new Call(
              Duration.ofNanos(nanoClock.getAsLong()),
              exchange.getRequestMethod(),
              path.substring(basePath.length()),
              header(exchange, "Authorization"),
              header(exchange, "Content-Type"),
              body.length,
              new String(body, StandardCharsets.UTF_8));
      if (SandboxApi.owns(call.path())) {
        Answer answer =
            parse(call.body())
                .map(b -> sandboxApi.answer(call.method(), call.path(), b).orElse(unknown()))
                .orElseGet(() -> Answer.error(400, "the body is no JSON"));
        send(exchange, answer, Map.of());
        return;
      }
      answer(exchange, call);
    }
  }

  private void answer(HttpExchange exchange, Call call) throws IOException {
    Optional<Faults.Fault> fault = faults.strike(call.method(), call.path());
    if (fault.isPresent() && fault.get() instanceof Faults.Fault.Answering answering) {
      record.accept(call.answered(answering.answer().status()));
      send(exchange, answering.answer(), answering.headers());
    } else if (fault.isPresent() && fault.get() instanceof Faults.Fault.Dropping) {
      // closing the exchange before an answer closes the connection
      record.accept(call.answered(DROPPED));
    } else {
      if (fault.isPresent() && fault.get() instanceof Faults.Fault.Delaying delaying) {
        pause(delaying.delay());
      }
      String address = exchange.getRemoteAddress().getAddress().getHostAddress();
      RateLimit.Standing standing = limit.count(address);
      Answer answer = standing.refused() ? standing.refusal() : apply(call);
      if (fault.isPresent() && fault.get() instanceof Faults.Fault.LosingAnswer) {
        record.accept(call.answered(DROPPED));
      } else {
        record.accept(call.answered(answer.status()));
        send(exchange, answer, standing.headers());
      }
    }
  }

  private Answer apply(Call call) {
    if (call.bodyBytes() > BODY_LIMIT_BYTES) {
      return Answer.error(500, "request entity too large");
    }
    // like the panel, an untyped body is not looked at
    boolean json = call.type().startsWith("application/json");
    Optional<JsonNode> body = json ? parse(call.body()) : Optional.of(Json.object());
    if (body.isEmpty()) {
      return Answer.error(500, "Unexpected token in JSON");
    }
    return workerApi
        .answer(call.method(), call.path(), call.authorization(), body.get())
        .orElseGet(PanelHandler::unknown);
  }

  private static Answer unknown() {
    return Answer.json(401, Json.object().put("error", "Access token required"));
  }

  private static Optional<JsonNode> parse(String body) {
    if (body.isEmpty()) {
      return Optional.of(Json.object());
    }
    try {
      JsonNode parsed = Json.MAPPER.readTree(body);
      return Optional.of(parsed).filter(JsonNode::isContainerNode);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the panel stopped during a delay", e);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  private static void send(HttpExchange exchange, Answer answer, Map<String, String> headers)
      throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
