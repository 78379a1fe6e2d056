package io.skypanel.worker.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.settings.WorkerSettings.Jmx;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmxServerTest {
  private static final AtomicBoolean MADE = new AtomicBoolean();

  @TempDir Path folder;
  private JmxServer server;
  private int port;

  /** What a stranger has the worker make while it is asked for its password. */
  static final class Planted implements Serializable {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      MADE.set(true);
    }
  }

  @BeforeEach
  void open() throws Exception {
    MADE.set(false);
    Path passwords = Files.writeString(folder.resolve("jmx.password"), "operator secret-word\n");
    Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
    try (ServerSocket free = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    server = new JmxServer(new Jmx("127.0.0.1", port, Optional.of(passwords)));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @SuppressWarnings("BanJNDI") // the address is that of the server which this test started
  private void connect(Object credentials) throws IOException {
    JMXServiceURL url =
        new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    JMXConnectorFactory.connect(url, Map.of(JMXConnector.CREDENTIALS, credentials)).close();
  }

  @Test
  void whoHasThePasswordComesIn() throws Exception {
    connect(new String[] {"operator", "secret-word"});
  }

  @Test
  void aWrongPasswordIsRefused() {
    assertThatThrownBy(() -> connect(new String[] {"operator", "guess"}))
        .isInstanceOf(SecurityException.class);
  }

  @Test
  void strangersWhoSayNothingHoldFewThreads() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(new byte[] {'J', 'R', 'M', 'I', 0, 2, 'K'});
        silent.add(socket);
      }
      await()
          .during(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(connectionThreads()).isLessThanOrEqualTo(32));
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    await().ignoreExceptions().until(() -> comesIn());
  }

  private boolean comesIn() throws IOException {
    connect(new String[] {"operator", "secret-word"});
    return true;
  }

  private static long connectionThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("RMI TCP Connection"))
        .count();
  }

  @Test
  void whoHasNoneCanHaveNothingMadeButTexts() {
    assertThatThrownBy(() -> connect(new Planted())).isInstanceOf(Exception.class);

    assertThat(MADE).isFalse();
  }
}
