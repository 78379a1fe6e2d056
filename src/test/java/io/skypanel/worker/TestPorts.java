package io.skypanel.worker;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for what tests start, each given once, so that classes that run side by side have their
 * own. All lie below those that the kernel gives to whoever asks for any port. Thread-safe.
 */
public final class TestPorts {
  private static final int FIRST = 12_000;
  private static final int FIRST_OF_APPS = 20_000;
  private static final int RANGES = 100;
  private static final int PORTS_OF_A_RANGE = 100;

  private static final AtomicInteger given = new AtomicInteger();
  private static final AtomicInteger ranges = new AtomicInteger();

  private TestPorts() {}

  /** A port that nobody listens on. */
  public static int free() {
    int port = FIRST + given.getAndIncrement() % (FIRST_OF_APPS - FIRST);
    try (ServerSocket anywhere = new ServerSocket(port)) {
      return anywhere.getLocalPort();
    } catch (IOException taken) {
      return free();
    }
  }

  /** A value of {@code APP_PORT_RANGE} that none of the last ninety-nine workers has. */
  public static String ofApps() {
    int first = FIRST_OF_APPS + ranges.getAndIncrement() % RANGES * PORTS_OF_A_RANGE;
    return first + "-" + (first + PORTS_OF_A_RANGE - 1);
  }
}
