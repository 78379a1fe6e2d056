package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The panel's limit: so many calls of one address in a window that opens with the address's first
 * call. Every call counts, the refused ones too. Thread-safe.
 */
final class RateLimit {
  private final int limit;
  private final Duration window;
  private final LongSupplier nanoClock;
  private final Map<String, Window> windows = new HashMap<>();

  /** Where an address stands after a call. */
  record Standing(int limit, int remaining, long resetSeconds, boolean refused) {
    Map<String, String> headers() {
      Map<String, String> headers = new HashMap<>();
      headers.put("RateLimit-Limit", Integer.toString(limit));
      headers.put("RateLimit-Remaining", Integer.toString(remaining));
      headers.put("RateLimit-Reset", Long.toString(resetSeconds));
      if (refused) {
        headers.put("Retry-After", Long.toString(resetSeconds));
      }
      return headers;
    }

    Answer refusal() {
      ObjectNode body = Json.object().put("error", "Too many requests");
      body.put("retryAfter", resetSeconds).put("limit", limit).put("remaining", remaining);
      body.put("resetTime", Instant.now().plusSeconds(resetSeconds).toString());
      return Answer.json(429, body);
    }
  }

  private static final class Window {
    private final long openedNanos;
    private int calls;

    Window(long openedNanos) {
      this.openedNanos = openedNanos;
    }
  }

  RateLimit(int limit, Duration window, LongSupplier nanoClock) {
    this.limit = limit;
    this.window = window;
    this.nanoClock = nanoClock;
  }

  synchronized Standing count(String address) {
    long now = nanoClock.getAsLong();
    Window open =
        windows.compute(
            address,
            (a, w) -> w == null || now - w.openedNanos >= window.toNanos() ? new Window(now) : w);
    open.calls++;
    long leftNanos = window.toNanos() - (now - open.openedNanos);
    long resetSeconds = (leftNanos + 999_999_999L) / 1_000_000_000L;
    return new Standing(limit, Math.max(0, limit - open.calls), resetSeconds, open.calls > limit);
  }

  synchronized void reset() {
    windows.clear();
  }
}
