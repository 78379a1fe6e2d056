package io.skypanel.worker.ingress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A version of an app: it answers with its name; below {@code /slow}, with the first byte at once
 * and the rest when it is told to {@link #finish}.
 */
final class Backend implements AutoCloseable {
  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch finished = new CountDownLatch(1);

  Backend(String name) throws IOException {
    this.name = name;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  void finish() {
    finished.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = name.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      if (exchange.getRequestURI().getPath().startsWith("/slow")) {
        exchange.getResponseBody().write(body, 0, 1);
        exchange.getResponseBody().flush();
        finished.await();
        exchange.getResponseBody().write(body, 1, body.length - 1);
      } else {
        exchange.getResponseBody().write(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finish();
    server.stop(0);
    threads.shutdownNow();
  }
}
