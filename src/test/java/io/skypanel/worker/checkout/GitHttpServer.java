package io.skypanel.worker.checkout;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A git server over HTTP: the JDK's server in front of git's own {@code http-backend}. What lies
 * below {@code /private/} needs {@link #USER} and {@link #PASSWORD}; {@code /hanging/} never
 * answers.
 */
final class GitHttpServer implements AutoCloseable {
  static final String USER = "ann@example.com";
  static final String PASSWORD = "s3cr:et/p@ss%";

  private final Path root;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean old;

  GitHttpServer(Path root) throws IOException {
    this.root = root;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
  }

  /** From now on only protocol version 0, which hands out no commit but branch heads. */
  void speakOldProtocol() {
    old = true;
  }

  void awaitHangingRequest() throws InterruptedException {
    hanging.await();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/hanging/")) {
        hanging.countDown();
        closing.await();
      } else if (path.startsWith("/private/") && !authorized(exchange)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
      } else {
        runBackend(exchange, path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean authorized(HttpExchange exchange) {
    String expected =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    return expected.equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private void runBackend(HttpExchange exchange, String path) throws IOException {
    ProcessBuilder backend = new ProcessBuilder("git", "http-backend");
    backend.redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = backend.environment();
    environment.put("GIT_PROJECT_ROOT", root.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("GIT_CONFIG_COUNT", "1");
    environment.put("GIT_CONFIG_KEY_0", "safe.directory");
    environment.put("GIT_CONFIG_VALUE_0", "*");
    environment.put("PATH_INFO", path);
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put(
        "QUERY_STRING", Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
    header(exchange, "Content-Type").ifPresent(v -> environment.put("CONTENT_TYPE", v));
    header(exchange, "Content-Encoding")
        .ifPresent(v -> environment.put("HTTP_CONTENT_ENCODING", v));
    if (!old) {
      header(exchange, "Git-Protocol").ifPresent(v -> environment.put("GIT_PROTOCOL", v));
    }
    byte[] request = exchange.getRequestBody().readAllBytes();
    environment.put("CONTENT_LENGTH", Integer.toString(request.length));
    Process process = backend.start();
    try (var input = process.getOutputStream()) {
      input.write(request);
    }
    try (InputStream output = process.getInputStream()) {
      int status = 200;
      String line;
      while (!(line = readLine(output)).isEmpty()) {
        String[] parts = line.split(": ", 2);
        if (parts[0].equals("Status")) {
          status = Integer.parseInt(parts[1].substring(0, 3));
        } else {
          exchange.getResponseHeaders().add(parts[0], parts[1]);
        }
      }
      exchange.sendResponseHeaders(status, 0);
      output.transferTo(exchange.getResponseBody());
    }
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private static String readLine(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b;
    while ((b = input.read()) >= 0 && b != '\n') {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
