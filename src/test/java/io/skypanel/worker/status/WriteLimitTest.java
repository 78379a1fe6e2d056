package io.skypanel.worker.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WriteLimitTest {
  @Test
  void aWriteToAClientThatDoesNotReadEndsAndItsThreadGoesOn() throws Exception {
    try (WriteLimit limit = new WriteLimit(Duration.ofMillis(200));
        ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel connection = server.accept()) {
      assertThatThrownBy(
              () ->
                  limit.run(
                      () -> {
                        while (true) {
                          connection.write(ByteBuffer.allocate(1 << 16));
                        }
                      }))
          .isInstanceOf(ClosedByInterruptException.class);

      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(connection.isOpen()).isFalse();
      assertThat(client.isOpen()).isTrue();
    }
  }

  @Test
  void aWriteInTimeIsLeftAlone() throws Exception {
    AtomicInteger written = new AtomicInteger();
    try (WriteLimit limit = new WriteLimit(Duration.ofMinutes(1))) {
      limit.run(written::incrementAndGet);
    }
    assertThat(written).hasValue(1);
  }
}
