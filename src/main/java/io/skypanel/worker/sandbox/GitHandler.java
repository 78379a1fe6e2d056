package io.skypanel.worker.sandbox;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands each call to {@code git http-backend}, a CGI program. Bodies are streamed both ways, so a
 * repository may be of any size.
 */
final class GitHandler implements HttpHandler {
  private final GitProgram git;
  private final Path repositories;
  private final Optional<String> authorization;

  GitHandler(GitProgram git, Path repositories, Optional<String> authorization) {
    this.git = git;
    this.repositories = repositories;
    this.authorization = authorization;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = header(exchange, "Authorization").orElse("");
      if (authorization.isPresent() && !authorization.get().equals(given)) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"sandbox\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      Process backend =
          git.prepare(List.of("git", "http-backend"), variables(exchange))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        Thread upload = new Thread(() -> upload(exchange, backend), "sandbox-git-upload");
        upload.setDaemon(true);
        upload.start();
        download(new BufferedInputStream(backend.getInputStream()), exchange);
      } finally {
        backend.destroy();
      }
    }
  }

  private Map<String, String> variables(HttpExchange exchange) {
    Map<String, String> variables = new HashMap<>();
    variables.put("GIT_PROJECT_ROOT", repositories.toString());
    variables.put("GIT_HTTP_EXPORT_ALL", "1");
    variables.put("REQUEST_METHOD", exchange.getRequestMethod());
    variables.put("PATH_INFO", exchange.getRequestURI().getPath());
    variables.put("REMOTE_ADDR", exchange.getRemoteAddress().getAddress().getHostAddress());
    variables.put(
        "QUERY_STRING", Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
    header(exchange, "Content-Type").ifPresent(v -> variables.put("CONTENT_TYPE", v));
    // a chunked body has no length; the backend then reads to its end
    header(exchange, "Content-Length").ifPresent(v -> variables.put("CONTENT_LENGTH", v));
    header(exchange, "Content-Encoding").ifPresent(v -> variables.put("HTTP_CONTENT_ENCODING", v));
    header(exchange, "Git-Protocol").ifPresent(v -> variables.put("GIT_PROTOCOL", v));
    return variables;
  }

  private static void upload(HttpExchange exchange, Process backend) {
    try (OutputStream input = backend.getOutputStream()) {
      exchange.getRequestBody().transferTo(input);
    } catch (IOException e) {
      // one of the two went away; the answer, or its lack, says so
    }
  }

  private static void download(InputStream output, HttpExchange exchange) throws IOException {
    // a backend that dies says nothing, not even a header
    int status = 500;
    Headers headers = exchange.getResponseHeaders();
    for (String line = line(output); !line.isEmpty(); line = line(output)) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      if (line.startsWith("Status:")) {
        status = Integer.parseInt(value.substring(0, 3));
      } else {
        headers.add(line.substring(0, colon), value);
        status = status == 500 ? 200 : status;
      }
    }
    headers.remove("Content-Length"); // the body is sent in chunks
    exchange.sendResponseHeaders(status, 0);
    output.transferTo(exchange.getResponseBody());
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) >= 0 && next != '\n') {
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }
}
