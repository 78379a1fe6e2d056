package io.skypanel.worker.sandbox;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The JDK's HTTP server on one address, which can be stopped and started again on the same port; a
 * thread a call. Thread-safe.
 */
final class LoopbackServer implements AutoCloseable {
  static {
    // read once a process; the kernels of two sides would wait 40 ms for each other, as with no
    // server in use
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final String bind;
  private final HttpHandler handler;
  private int port;
  private Optional<Running> running = Optional.empty();

  private record Running(HttpServer server, ExecutorService threads) {}

  LoopbackServer(String bind, int port, HttpHandler handler) {
    this.bind = bind;
    this.port = port;
    this.handler = handler;
  }

  /**
   * Starts, unless it runs.
   *
   * @throws UncheckedIOException if the port can't be had
   */
  synchronized void start() {
    if (running.isPresent()) {
      return;
    }
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(bind, port), 0);
      ExecutorService threads =
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "sandbox-http");
                thread.setDaemon(true);
                return thread;
              });
      server.setExecutor(threads);
      server.createContext("/", handler);
      server.start();
      port = server.getAddress().getPort();
      running = Optional.of(new Running(server, threads));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can't listen on " + bind + ":" + port + ": " + e.getMessage(), e);
    }
  }

  /** Closes the port and every connection at once; calls being answered break off. */
  synchronized void stop() {
    running.ifPresent(
        r -> {
          r.server().stop(0);
          r.threads().shutdownNow();
        });
    running = Optional.empty();
  }

  /** The port, known from the first start on. */
  synchronized int port() {
    return port;
  }

  /** {@code http://address:port}, with the loopback address for one that stands for all. */
  String url() {
    boolean all = bind.equals("0.0.0.0") || bind.equals("::");
    return "http://" + (all ? "127.0.0.1" : bind) + ":" + port();
  }

  @Override
  public void close() {
    stop();
  }
}
