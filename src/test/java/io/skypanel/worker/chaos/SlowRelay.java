package io.skypanel.worker.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Stands before a server and lets each connection wait, so that a phase is long enough to meet. */
final class SlowRelay implements AutoCloseable {
  private final int target;
  private final Duration delay;
  private final ServerSocket server;

  SlowRelay(int target, Duration delay) throws IOException {
    this.target = target;
    this.delay = delay;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    begin(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() throws IOException, InterruptedException {
    while (true) {
      Socket client = server.accept();
      begin(() -> relay(client));
    }
  }

  private void relay(Socket client) throws IOException, InterruptedException {
    Wait.pass(delay);
    try (client;
        Socket backend = new Socket(InetAddress.getLoopbackAddress(), target)) {
      begin(
          () -> {
            client.getInputStream().transferTo(backend.getOutputStream());
            backend.shutdownOutput();
          });
      backend.getInputStream().transferTo(client.getOutputStream());
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void begin(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException closed) {
                // one end has gone
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "slow-relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
