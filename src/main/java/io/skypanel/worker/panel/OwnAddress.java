package io.skypanel.worker.panel;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine's address at the panel: what the operator gave, else the one that packets to the
 * panel leave from. Thread-safe.
 */
public final class OwnAddress implements Supplier<String> {
  private static final Logger log = LoggerFactory.getLogger(OwnAddress.class);
  private static final String LOOPBACK = "127.0.0.1";

  private final Optional<String> given;
  private final URI panel;

  public OwnAddress(Optional<String> given, URI panel) {
    this.given = given;
    this.panel = panel;
  }

  @Override
  public String get() {
    return given.orElseGet(this::towardsPanel);
  }

  /** Connecting a datagram socket picks the local address and sends nothing. */
  private String towardsPanel() {
    String host = panel.getHost().replaceAll("^\\[|]$", "");
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), 9));
      String address = socket.getLocalAddress().getHostAddress();
      return address.replaceFirst("%.*$", "");
    } catch (IOException | java.io.UncheckedIOException e) {
      log.debug("No route to the panel's host {} yet: {}", host, e.getMessage());
      return LOOPBACK;
    }
  }
}
