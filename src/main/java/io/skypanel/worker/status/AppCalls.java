package io.skypanel.worker.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.skypanel.worker.apps.AppControl;
import io.skypanel.worker.apps.AppFailure;
import io.skypanel.worker.apps.AppNames;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.ContainerOutput;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.redact.Redactor;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All calls below {@code /apps}, behind the API token. Thread-safe. */
final class AppCalls implements HttpHandler {
  /** How many may act at once: each holds a thread until it is done. */
  static final int ACTING = 4;

  private static final Logger log = LoggerFactory.getLogger(AppCalls.class);
  private static final int USUAL_LINES = 200;
  private static final int MOST_LINES = 100_000;
  private static final String TOO_MANY_LOGS =
      "Too many logs are being read; end one or try again soon";
  private static final String CALLS =
      "See GET /apps, GET /apps/APP/logs, POST /apps/APP/stop, start, restart or rollback,"
          + " DELETE /apps/APP";

  private final AppsView view;
  private final AppNames names;
  private final AppControl control;
  private final DockerEngine engine;
  private final Redaction redaction;
  private final Replies replies;
  private final LogReaders readers = new LogReaders(System::nanoTime);
  private final Semaphore acting = new Semaphore(ACTING);

  AppCalls(AppAccess apps, Replies replies) {
    this.view = new AppsView(apps.overview());
    this.names = apps.names();
    this.control = apps.control();
    this.engine = apps.engine();
    this.redaction = apps.redaction();
    this.replies = replies;
  }

  /** Something done to an app, which is told in a sentence. */
  private interface Act {
    String run() throws AppFailure;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Optional<AppCall> call = AppCall.of(exchange.getRequestURI());
      if (call.isEmpty()) {
        replies.sentence(exchange, 404, CALLS);
        return;
      }
      try {
        answer(exchange, call.get());
      } catch (AppFailure e) {
        replies.sentence(exchange, status(e), redaction.mask(e.getMessage()));
      } catch (RuntimeException e) {
        log.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        replies.sentence(exchange, 500, "Not done, see the worker's log");
      }
    }
  }

  private static int status(AppFailure failure) {
    if (failure instanceof AppFailure.Unknown) {
      return 404;
    }
    return failure instanceof AppFailure.Refused ? 409 : 502;
  }

  private void answer(HttpExchange exchange, AppCall call) throws IOException, AppFailure {
    String method = exchange.getRequestMethod();
    String asked = method + " " + call.action().orElse("");
    if (call.app().isEmpty()) {
      list(exchange, method);
      return;
    }
    String name = call.app().get();
    switch (asked) {
      case "GET logs" -> logs(exchange, call, names.find(name));
      case "POST stop" -> act(exchange, 200, () -> control.stop(names.find(name)));
      case "POST start" -> act(exchange, 200, () -> control.start(names.find(name)));
      case "POST restart" -> act(exchange, 200, () -> control.restart(names.find(name)));
      case "POST rollback" ->
          act(exchange, 202, () -> control.rollBack(names.find(name), call.text("deployment")));
      case "DELETE " ->
          act(exchange, 200, () -> control.remove(removable(name), call.isSet("volumes")));
      default -> replies.sentence(exchange, 405, CALLS);
    }
  }

  private void list(HttpExchange exchange, String method) throws IOException {
    if (method.equals("GET")) {
      replies.send(exchange, 200, Replies.JSON, replies.toJson(view.apps(true)));
    } else {
      replies.sentence(exchange, 405, CALLS);
    }
  }

  private AppRecord removable(String name) throws AppFailure {
    try {
      return names.find(name);
    } catch (AppFailure.Unknown unknown) {
      Optional<AppRecord> remains = control.remains(name);
      if (remains.isEmpty()) {
        throw unknown;
      }
      return remains.get();
    }
  }

  private void act(HttpExchange exchange, int done, Act act) throws IOException, AppFailure {
    if (!acting.tryAcquire()) {
      replies.sentence(exchange, 503, "Too many such calls are being done; try again soon");
      return;
    }
    String told;
    try {
      told = act.run();
    } finally {
      acting.release();
    }
    replies.sentence(exchange, done, told);
  }

  private Redactor redactor(AppRecord app, ContainerOutput output) {
    Set<String> shown = new HashSet<>(Set.of(app.appId(), app.name()));
    app.current()
        .ifPresent(version -> shown.addAll(List.of(version.deploymentId(), version.commitSha())));
    return redaction.redactor(output.environment(), shown, List.of());
  }

  private static long length(Map<String, String> environment) {
    return environment.values().stream().mapToLong(String::length).sum();
  }

  private void logs(HttpExchange exchange, AppCall call, AppRecord app)
      throws IOException, AppFailure {
    Optional<Integer> tail = call.number("tail", USUAL_LINES, MOST_LINES);
    if (tail.isEmpty()) {
      replies.sentence(exchange, 400, "tail must be a number from 0 to " + MOST_LINES);
      return;
    }
    Optional<LogReaders.Place> entered = readers.enter();
    if (entered.isEmpty()) {
      replies.sentence(exchange, 503, TOO_MANY_LOGS);
      return;
    }
    try (LogReaders.Place place = entered.get();
        ContainerOutput output =
            ContainerOutput.of(engine, app, tail.get(), call.isSet("follow"))) {
      if (!place.takes(length(output.environment()))) {
        replies.sentence(exchange, 503, TOO_MANY_LOGS);
        return;
      }
      new LogAnswer(replies).send(exchange, output, redactor(app, output), place);
    }
  }
}
