package io.skypanel.worker.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP surface on the JDK's own server: {@code /status}, {@code /health}, {@code /health/live},
 * {@code /health/ready} and {@code /metrics}, read-only; and, with the API token, {@link
 * Cancellation} and {@link AppCalls}.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);

  /** A thread each: one that reads a slow client's request has none for others. */
  private static final int CONNECTIONS = 200;

  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration WRITE_LIMIT = Duration.ofSeconds(30);
  private static final int BACKLOG = 64;

  private final WriteLimit limit;
  private final Replies replies;
  private final HttpServer server;
  private final ExecutorService threads;

  /** The port can't be used; the message names it and, where visible, who has it. */
  public static final class PortTaken extends Exception {
    private static final long serialVersionUID = 1L;

    PortTaken(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Binds the port; nothing is served until {@link #serve}. */
  public StatusServer(String bind, int port, ObjectMapper json) throws PortTaken {
    boundRequests();
    this.limit = new WriteLimit(WRITE_LIMIT);
    this.replies = new Replies(json, limit);
    try {
      this.server = HttpServer.create(new InetSocketAddress(bind, port), BACKLOG);
    } catch (BindException e) {
      String owner = PortOwner.of(port).map(o -> ", taken by " + o).orElse("");
      throw new PortTaken(
          "WORKER_PORT is '" + port + "': it must be a free port on " + bind + owner, e);
    } catch (IOException e) {
      throw new PortTaken(
          "WORKER_PORT " + port + " can't be opened on " + bind + ": " + e.getMessage(), e);
    }
    this.threads = threads();
    server.setExecutor(threads);
  }

  /**
   * The JDK's server reads its bounds from here, once a process. Without them a slow client holds a
   * thread for ever; for answers it is WriteLimit that ends that.
   */
  private static void boundRequests() {
    Map.of(
            "sun.net.httpserver.maxReqTime",
            10, // seconds, for line, headers and body
            "sun.net.httpserver.maxReqHeaders",
            50,
            "sun.net.httpserver.maxReqHeaderSize",
            16 * 1024, // bytes, of line and headers
            "jdk.httpserver.maxConnections",
            CONNECTIONS)
        .forEach((name, value) -> System.setProperty(name, Integer.toString(value)));
  }

  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            CONNECTIONS,
            CONNECTIONS,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "status-http");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Starts to serve. */
  public void serve(
      StatusView view,
      PrometheusMeterRegistry metrics,
      BuildBoard board,
      AppAccess apps,
      ApiToken token) {
    handle("/status", () -> new Page(200, Replies.JSON, replies.toJson(view.status())));
    handle("/health/live", () -> new Page(200, Replies.JSON, "{\"live\":true}\n"));
    Supplier<Page> ready =
        () -> {
          Map<String, Object> readiness = view.readiness();
          boolean isReady = Boolean.TRUE.equals(readiness.get("ready"));
          return new Page(isReady ? 200 : 503, Replies.JSON, replies.toJson(readiness));
        };
    handle("/health/ready", ready);
    handle("/health", ready);
    handle(
        "/metrics",
        () -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
    guard("/builds/", new Cancellation(board, replies), token);
    guard("/apps", new AppCalls(apps, replies), token);
    handle("/", () -> new Page(404, "text/plain", "See /status, /health and /metrics\n"));
    server.start();
  }

  private record Page(int status, String type, String content) {}

  private void handle(String path, Supplier<Page> page) {
    server.createContext(path, exchange -> answer(exchange, path, page));
  }

  private void guard(String path, HttpHandler handler, ApiToken token) {
    server.createContext(path, handler).getFilters().add(new TokenFilter(token, replies));
  }

  private void answer(HttpExchange exchange, String path, Supplier<Page> page) throws IOException {
    try (exchange) {
      Page answer;
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        answer = new Page(405, "text/plain", "Only GET is served here\n");
      } else if (!path.equals("/") && !exchange.getRequestURI().getPath().equals(path)) {
        answer = new Page(404, "text/plain", "See /status, /health and /metrics\n");
      } else {
        answer = produce(path, page);
      }
      replies.send(exchange, answer.status(), answer.type(), answer.content());
    }
  }

  private static Page produce(String path, Supplier<Page> page) {
    try {
      return page.get();
    } catch (RuntimeException e) {
      log.error("{} can't be shown", path, e);
      return new Page(500, "text/plain", "Not available, see the worker's log\n");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    limit.close();
  }
}
