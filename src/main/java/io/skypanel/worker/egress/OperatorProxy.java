package io.skypanel.worker.egress;

import io.skypanel.worker.settings.ProxyAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A proxy of the operator's own network. It is asked by {@code CONNECT} (RFC 9110, 9.3.6) for plain
 * http too, by name. Immutable.
 *
 * @param address may hold a password
 */
record OperatorProxy(ProxyAddress address) {
  private static final int MAX_ANSWER_BYTES = 16 * 1024;
  private static final int SHOWN_CHARS = 200;

  /**
   * Asks for a connection to a host.
   *
   * @throws IOException with a message that names the proxy, without its password
   */
  Socket connect(SocksRequest wanted, int timeoutMillis) throws IOException {
    if (!address.isHttp()) {
      throw new IOException(
          "the worker's environment names the "
              + address
              + ", and git can be led by http:// ones alone; name one of these, or the host in"
              + " NO_PROXY");
    }
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address.host(), address.port()), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(request(wanted).getBytes(StandardCharsets.UTF_8));
      String answer = head(socket.getInputStream());
      if (!answer.matches("(?s)HTTP/1\\.[01] 2\\d\\d.*")) {
        throw new IOException("the proxy answers '" + firstLine(answer) + "'");
      }
      socket.setSoTimeout(0);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException("by the " + address + ": " + e.getMessage(), e);
    }
  }

  private String request(SocksRequest wanted) {
    String host = wanted.host().contains(":") ? "[" + wanted.host() + "]" : wanted.host();
    String target = host + ":" + wanted.port();
    StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\n");
    request.append("Host: ").append(target).append("\r\n");
    address
        .login()
        .map(login -> Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
        .ifPresent(login -> request.append("Proxy-Authorization: Basic " + login + "\r\n"));
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

  private static String firstLine(String answer) {
    String line = answer.lines().findFirst().orElse("nothing").replaceAll("[^\\p{Print}]", "?");
    return line.substring(0, Math.min(line.length(), SHOWN_CHARS));
  }
}
