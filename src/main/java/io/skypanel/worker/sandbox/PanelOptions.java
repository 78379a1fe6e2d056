package io.skypanel.worker.sandbox;

import java.time.Duration;

/**
 * How a sandbox panel is to be.
 *
 * @param bind the address to listen on
 * @param port 0 for any free one
 * @param basePath what stands before {@code /api}; empty or starting with a slash, with none at the
 *     end
 * @param shape how queued builds are handed out
 * @param rateLimit calls of one address in {@code rateWindow}
 * @param rateWindow the limit's window, from the address's first call on
 * @param tokensChecked whether a call needs a token that registration gave; today's panel checks
 *     none
 */
public record PanelOptions(
    String bind,
    int port,
    String basePath,
    PayloadShape shape,
    int rateLimit,
    Duration rateWindow,
    boolean tokensChecked) {

  /** Today's panel, on any free port of the loopback address. */
  public static PanelOptions today() {
    return new PanelOptions(
        "127.0.0.1", 0, "", PayloadShape.DATA_BUILDS, 200, Duration.ofMinutes(15), false);
  }

  /** Listening there; port 0 for any free one. */
  public PanelOptions on(String address, int newPort) {
    return new PanelOptions(
        address, newPort, basePath, shape, rateLimit, rateWindow, tokensChecked);
  }

  /** Below a base path, such as {@code /base}. */
  public PanelOptions below(String path) {
    return new PanelOptions(bind, port, path, shape, rateLimit, rateWindow, tokensChecked);
  }

  /** Handing out queued builds in that shape. */
  public PanelOptions shaped(PayloadShape newShape) {
    return new PanelOptions(bind, port, basePath, newShape, rateLimit, rateWindow, tokensChecked);
  }

  /** With that many calls a window. */
  public PanelOptions limited(int calls, Duration window) {
    return new PanelOptions(bind, port, basePath, shape, calls, window, tokensChecked);
  }

  /** With no limit worth the name, for tests of something else. */
  public PanelOptions unlimited() {
    return limited(Integer.MAX_VALUE, rateWindow);
  }

  /** Checking tokens, as tomorrow's panel may. */
  public PanelOptions checkingTokens() {
    return new PanelOptions(bind, port, basePath, shape, rateLimit, rateWindow, true);
  }
}
