package io.skypanel.worker.apps;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The rule by which an app is in a crash loop: so many restarts within so long, until it has gone
 * as long without one. Times are of the monotonic clock, in nanoseconds. One thread at a time.
 */
final class CrashLoop {
  static final int RESTARTS = 3;
  static final Duration WITHIN = Duration.ofMinutes(10);

  private final Deque<Long> restarts = new ArrayDeque<>();
  private boolean on;

  /** It was restarted; true if that is what makes it a crash loop. */
  boolean restarted(long now) {
    if (!restarts.isEmpty() && now - restarts.getLast() >= WITHIN.toNanos()) {
      on = false;
      restarts.clear();
    }
    restarts.addLast(now);
    if (restarts.size() > RESTARTS) {
      restarts.removeFirst();
    }
    boolean begins =
        !on
            && restarts.size() == RESTARTS
            && restarts.getLast() - restarts.getFirst() <= WITHIN.toNanos();
    on |= begins;
    return begins;
  }

  /** Whether it is in one. */
  boolean isOn(long now) {
    return on && now - restarts.getLast() < WITHIN.toNanos();
  }
}
