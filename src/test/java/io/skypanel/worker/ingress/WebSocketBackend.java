package io.skypanel.worker.ingress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An app that agrees to a WebSocket and then sends back each byte that it gets. */
final class WebSocketBackend implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

  WebSocketBackend() throws IOException {
    Thread thread = new Thread(this::serve, "websocket");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    try (Socket client = server.accept()) {
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) client.getInputStream().read());
      }
      // the answer to the key of RFC 6455's own example
      client
          .getOutputStream()
          .write(
              ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException closed) {
      // the test is over
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
