package io.skypanel.worker.status;

import io.skypanel.worker.settings.WorkerSettings.Jmx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;

/**
 * Opens JMX for jconsole on one port, for registry and connector alike, so that it gets through a
 * published container port or a tunnel.
 */
public final class JmxServer implements AutoCloseable {
  /** User name and password; nothing else is made of what a stranger sends. */
  private static final String LOGIN = String.class.getName() + ";!*";

  /** Who says nothing for so long is cut off; a client of JMX's connects again by itself. */
  private static final Duration READ_LIMIT = Duration.ofMinutes(1);

  private static final int CLIENTS = 32;

  private final Registry registry;
  private final JMXConnectorServer connector;

  /**
   * Opens the port.
   *
   * @throws StatusServer.PortTaken if it can't be opened
   */
  public JmxServer(Jmx jmx) throws StatusServer.PortTaken {
    // the stubs that clients get carry this address
    System.setProperty("java.rmi.server.hostname", jmx.host());
    // the JDK reads these once, and would else keep a thread for each client for hours
    System.setProperty("sun.rmi.transport.tcp.readTimeout", Long.toString(READ_LIMIT.toMillis()));
    System.setProperty("sun.rmi.transport.tcp.maxConnectionThreads", Integer.toString(CLIENTS));
    RMIServerSocketFactory sockets = new BoundSockets(jmx.host());
    Map<String, Object> environment = new HashMap<>();
    environment.put(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, sockets);
    // whoever connects sends it before it is checked
    environment.put(RMIConnectorServer.CREDENTIALS_FILTER_PATTERN, LOGIN);
    jmx.passwordFile()
        .ifPresent(file -> environment.put("jmx.remote.x.password.file", file.toString()));
    String address = "localhost:" + jmx.port();
    try {
      this.registry = LocateRegistry.createRegistry(jmx.port(), null, sockets);
      this.connector =
          JMXConnectorServerFactory.newJMXConnectorServer(
              new JMXServiceURL(
                  "service:jmx:rmi://" + address + "/jndi/rmi://" + address + "/jmxrmi"),
              environment,
              ManagementFactory.getPlatformMBeanServer());
      connector.start();
    } catch (IOException e) {
      String owner = PortOwner.of(jmx.port()).map(o -> ", taken by " + o).orElse("");
      throw new StatusServer.PortTaken(
          "JMX_PORT is '"
              + jmx.port()
              + "': it must be a free port on "
              + jmx.host()
              + owner
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** Equal factories share a port, which is what lets registry and connector be on one. */
  private record BoundSockets(String host) implements RMIServerSocketFactory {
    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      // off loopback the host is the address that clients use, which in a container is not ours
      InetAddress address = InetAddress.getByName(host);
      return new ServerSocket(port, 0, address.isLoopbackAddress() ? address : null);
    }
  }

  @Override
  public void close() throws IOException {
    connector.stop();
    UnicastRemoteObject.unexportObject(registry, true);
  }
}
