package io.skypanel.worker;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Open WebSockets to an app that sends back what it gets. */
final class WebSockets implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final List<Socket> sockets = new ArrayList<>();

  WebSockets(int count, String url) throws IOException {
    URI uri = URI.create(url);
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket("127.0.0.1", uri.getPort());
      sockets.add(socket);
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request =
          "GET / HTTP/1.1\r\nHost: "
              + uri.getHost()
              + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          throw new IOException("closed after " + head);
        }
        head.append((char) next);
      }
      if (!head.toString().startsWith("HTTP/1.1 101")) {
        throw new IOException(head.toString());
      }
    }
  }

  /** How many of them don't answer any more. */
  int closed() {
    int closed = 0;
    for (Socket socket : sockets) {
      try {
        socket.getOutputStream().write('x');
        closed += socket.getInputStream().read() == 'x' ? 0 : 1;
      } catch (IOException e) {
        closed++;
      }
    }
    return closed;
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
