package io.skypanel.worker.checkout;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on loopback that keeps what it was asked, and with which credential. */
final class RecordingHost implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** One call. */
  record Request(String path, Optional<String> authorization) {}

  /**
   * An answer.
   *
   * @param header one header, as {@code name: value}
   */
  record Answer(int status, String header, String body) {}

  /** What to answer. */
  interface Script {
    Answer answer(Request request);
  }

  RecordingHost(Script script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, script));
    server.setExecutor(threads);
    server.start();
  }

  /** Wants a login, and takes none. */
  static RecordingHost closed() throws IOException {
    return new RecordingHost(r -> new Answer(401, "WWW-Authenticate: Basic realm=\"x\"", ""));
  }

  /** Its base, by a name below {@code example.test}. */
  String url(String name) {
    return "http://" + name + ".example.test:" + server.getAddress().getPort();
  }

  int port() {
    return server.getAddress().getPort();
  }

  List<Request> requests() {
    return requests;
  }

  private void answer(HttpExchange exchange, Script script) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      Request request =
          new Request(
              exchange.getRequestURI().toString(),
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")));
      requests.add(request);
      Answer answer = script.answer(request);
      String[] header = answer.header().split(": ", 2);
      exchange.getResponseHeaders().set(header[0], header[1]);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
