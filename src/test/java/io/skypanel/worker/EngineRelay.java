package io.skypanel.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A second socket of this machine's engine, which can go away while the engine stays. */
final class EngineRelay implements AutoCloseable {
  private static final Path ENGINE = Path.of("/var/run/docker.sock");

  private final Path folder;
  private final ServerSocketChannel server;
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();

  EngineRelay() throws IOException {
    folder = Files.createTempDirectory("relay-it");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket()));
    begin(this::accept);
  }

  Path socket() {
    return folder.resolve("docker.sock");
  }

  private void accept() throws IOException {
    while (true) {
      SocketChannel client = server.accept();
      SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(ENGINE));
      open.add(client);
      open.add(engine);
      begin(() -> copy(client, engine));
      begin(() -> copy(engine, client));
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    while (from.read(buffer) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
      buffer.clear();
    }
    to.shutdownOutput();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void begin(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException closed) {
                // one end has gone, or the relay was closed
              }
            },
            "engine-relay");
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends every connection; new ones are taken. */
  void cut() throws IOException {
    for (Channel channel : open) {
      channel.close();
    }
    open.removeIf(channel -> !channel.isOpen());
  }

  /** Ends every connection and takes the socket away. Idempotent. */
  @Override
  public void close() throws IOException {
    server.close();
    cut();
    Files.deleteIfExists(socket());
    Files.deleteIfExists(folder);
  }
}
