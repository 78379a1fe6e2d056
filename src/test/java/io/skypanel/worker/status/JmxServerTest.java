package io.skypanel.worker.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.settings.WorkerSettings.Jmx;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  void whoHasNoneCanHaveNothingMadeButTexts() {
    assertThatThrownBy(() -> connect(new Planted())).isInstanceOf(Exception.class);

    assertThat(MADE).isFalse();
  }
}
