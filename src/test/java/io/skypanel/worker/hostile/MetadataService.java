package io.skypanel.worker.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Something that listens where a cloud's machines find their own credentials, 169.254.169.254:80,
 * and notes who calls. Needs root, and a machine that has no such service.
 */
public final class MetadataService implements AutoCloseable {
  private static final String ADDRESS = "169.254.169.254";

  private final List<String> callers = new CopyOnWriteArrayList<>();
  private final ServerSocket server;

  private MetadataService(ServerSocket server) {
    this.server = server;
  }

  /** Gives this machine the address, and listens there. */
  public static MetadataService start() throws IOException {
    ip("add");
    var service = new MetadataService(new ServerSocket(80, 50, InetAddress.getByName(ADDRESS)));
    Thread thread = new Thread(service::listen, "metadata");
    thread.setDaemon(true);
    thread.start();
    return service;
  }

  /** Addresses that have called so far. */
  public List<String> callers() {
    return List.copyOf(callers);
  }

  /** Calls itself, or that nobody did would mean nothing. */
  public void assertThatItHearsWhoCalls() throws IOException {
    try (Socket caller = new Socket(ADDRESS, 80)) {
      String own = caller.getLocalSocketAddress().toString();
      await().untilAsserted(() -> assertThat(callers).contains(own));
    }
  }

  private void listen() {
    while (!server.isClosed()) {
      try (Socket caller = server.accept()) {
        callers.add(caller.getRemoteSocketAddress().toString());
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void ip(String verb) throws IOException {
    try {
      Process ip =
          new ProcessBuilder("ip", "address", verb, ADDRESS + "/32", "dev", "lo")
              .inheritIO()
              .start();
      assertThat(ip.waitFor()).as("ip address " + verb).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    ip("delete");
  }
}
