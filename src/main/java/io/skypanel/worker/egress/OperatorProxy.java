package io.skypanel.worker.egress;

import io.skypanel.worker.settings.GitProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxy that the operator's own network wants, as {@code HTTPS_PROXY} and its like name it. It
 * is asked by {@code CONNECT} for plain http too, by name. Immutable; may hold a password.
 */
final class OperatorProxy {
  private static final int MAX_ANSWER_BYTES = 16 * 1024;

  private final Map<String, String> environment;

  /**
   * @param environment the worker's own
   */
  OperatorProxy(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** The proxy for {@code host}, unless it is reached directly: by ssh always. */
  Optional<URI> find(GitProtocol protocol, String host) {
    if (protocol == GitProtocol.SSH || isExcepted(host)) {
      return Optional.empty();
    }
    return variable(protocol.scheme() + "_proxy")
        .or(() -> variable("all_proxy"))
        .map(value -> parse(value.contains("://") ? value : "http://" + value));
  }

  /** One that is no URL is as good as one without a host, which {@link #connect} refuses. */
  private static URI parse(String value) {
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      return URI.create("none:proxy"); // its own text may hold a password
    }
  }

  /**
   * Asks {@code proxy} for a connection to a host.
   *
   * @throws IOException with a message that names the proxy, without its password
   */
  Socket connect(URI proxy, SocksRequest wanted, int timeoutMillis) throws IOException {
    if (!"http".equals(proxy.getScheme()) || proxy.getHost() == null) {
      throw new IOException(
          "the proxy of this worker's environment is none of the form http://host:port");
    }
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(proxy.getHost(), port), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(request(proxy, wanted).getBytes(StandardCharsets.UTF_8));
      String answer = head(socket.getInputStream());
      if (!answer.matches("(?s)HTTP/1\\.[01] 2\\d\\d.*")) {
        throw new IOException(
            "the proxy answers '" + answer.lines().findFirst().orElse("nothing") + "'");
      }
      socket.setSoTimeout(0);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "by the proxy " + proxy.getHost() + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private static String request(URI proxy, SocksRequest wanted) {
    String host = wanted.host().contains(":") ? "[" + wanted.host() + "]" : wanted.host();
    String target = host + ":" + wanted.port();
    StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\n");
    request.append("Host: ").append(target).append("\r\n");
    if (proxy.getUserInfo() != null) {
      byte[] login = proxy.getUserInfo().getBytes(StandardCharsets.UTF_8);
      request
          .append("Proxy-Authorization: Basic ")
          .append(Base64.getEncoder().encodeToString(login))
          .append("\r\n");
    }
    return request.append("\r\n").toString();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    // byte by byte: what follows is the host's
    for (int next = in.read(); next >= 0 && head.length() < MAX_ANSWER_BYTES; next = in.read()) {
      head.append((char) next);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        break;
      }
    }
    return head.toString();
  }

  private boolean isExcepted(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return Stream.of(variable("no_proxy").orElse("").split(","))
        .map(String::strip)
        .map(entry -> entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
        .filter(entry -> !entry.isEmpty())
        .anyMatch(e -> e.equals("*") || name.equals(e) || name.endsWith("." + e));
  }

  private Optional<String> variable(String name) {
    return List.of(name, name.toUpperCase(Locale.ROOT)).stream()
        .map(n -> environment.getOrDefault(n, ""))
        .filter(v -> !v.isBlank())
        .findFirst();
  }
}
