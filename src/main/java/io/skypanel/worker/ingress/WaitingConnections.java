package io.skypanel.worker.ingress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What becomes of connections that wait at a listening socket which is closed. Caddy opens each
 * port anew whenever it is told of a new app, and closes the socket before it; the kernel then
 * resets who waited there, unless it is told to hand them over (Linux 5.14 and newer).
 */
public final class WaitingConnections {
  /** One for each network namespace; {@code 0} or {@code 1}. */
  public static final Path SETTING = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

  private WaitingConnections() {}

  /**
   * What the operator should know. Empty if they are handed over, or where that can't be told.
   *
   * @param setting the kernel's, which is {@link #SETTING}
   */
  public static Optional<String> warning(Path setting) {
    try {
      if (!Files.readString(setting).strip().equals("0")) {
        return Optional.empty();
      }
    } catch (IOException noSuchSetting) {
      return Optional.empty();
    }
    return Optional.of(
        "A visitor who connects at the very moment in which Caddy is told of a new app is turned"
            + " away: net.ipv4.tcp_migrate_req is 0. Set it: sysctl -w net.ipv4.tcp_migrate_req=1");
  }
}
