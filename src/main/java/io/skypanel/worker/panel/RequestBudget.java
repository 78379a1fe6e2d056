package io.skypanel.worker.panel;

import io.skypanel.worker.panel.PanelRequest.Kind;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many calls the panel still takes from this address, learnt from its {@code RateLimit-*}
 * headers, and who may have them: heartbeats before statuses, statuses before polls, logs last. The
 * panel counts every call from one address, other workers' too, so what it says of the rest goes.
 * Without such headers every call is allowed. Thread-safe.
 */
public final class RequestBudget {
  /** A build's accept and its statuses. */
  private static final int CALLS_PER_BUILD = 4;

  /** While so many calls are left for each build's logs, they are not paced. */
  private static final int PLENTY_FOR_A_BUILD = 10;

  /** However thin the budget, the queue is looked at this often. */
  private static final Duration SLOWEST_POLL = Duration.ofMinutes(2);

  /** However much the panel takes: by the clock's four ticks a second this is every second one. */
  private static final Duration FASTEST = Duration.ofMillis(400);

  private static final Duration NEVER = Duration.ofDays(1);

  /** Of what nothing else needs, polls have one part in so many, and logs. */
  private static final int SHARE_OF_POLLS = 5;

  private static final int SHARE_OF_LOGS = 2;

  private final Duration heartbeatInterval;
  private final Duration pollInterval;
  private final int slots;
  private final LongSupplier nanos;
  private boolean known;
  private long limit;
  private long remaining;
  private long resetNanos;

  /** How long the limit is for, as far as known: the longest time until its reset that was said. */
  private Duration window = Duration.ZERO;

  /**
   * @param nanos the monotonic clock
   */
  public RequestBudget(
      Duration heartbeatInterval, Duration pollInterval, int slots, LongSupplier nanos) {
    this.heartbeatInterval = heartbeatInterval;
    this.pollInterval = pollInterval;
    this.slots = slots;
    this.nanos = nanos;
  }

  /** A call is about to be made; until its answer tells, it counts as spent. */
  synchronized void spend() {
    if (known && remaining > 0) {
      remaining--;
    }
  }

  /** What an answer said of the limit. */
  synchronized void learn(long limitSaid, long remainingSaid, Duration untilReset) {
    known = true;
    window = limit == limitSaid ? max(window, untilReset) : untilReset;
    limit = limitSaid;
    remaining = remainingSaid;
    resetNanos = nanos.getAsLong() + untilReset.toNanos();
  }

  /** The panel answered 429: nothing goes until then. */
  synchronized void exhausted(Duration retryAfter) {
    Duration before = window;
    learn(known ? limit : 0, 0, retryAfter);
    window = before;
  }

  /** Whether a call of this kind may be made now. */
  public synchronized boolean allows(Kind kind) {
    return left() > reserveAbove(kind);
  }

  /**
   * How long to leave between two polls: the setting, less where the panel takes many more calls,
   * and more where others use them up.
   */
  public synchronized Duration pollInterval() {
    double spare = left() - reserveAbove(Kind.POLL);
    Duration fast = fast(spare, SHARE_OF_POLLS, 1);
    return fast.compareTo(pollInterval) < 0
        ? fast
        : min(max(pace(spare, 1), pollInterval), max(SLOWEST_POLL, pollInterval));
  }

  /**
   * How long to leave between two log entries of one build.
   *
   * @param wanted the interval while the budget lasts; less where the panel takes many more calls
   * @param builds how many builds ship logs
   */
  public synchronized Duration logInterval(Duration wanted, int builds) {
    double spare = left() - reserveAbove(Kind.LOGS);
    int sharers = Math.max(1, builds);
    Duration fast = fast(spare, SHARE_OF_LOGS, sharers);
    if (fast.compareTo(wanted) < 0) {
      return fast;
    }
    // a customer who watches wants the lines now: only what is thin is paced
    return spare > sharers * PLENTY_FOR_A_BUILD ? wanted : max(wanted, pace(spare, sharers));
  }

  /**
   * The interval for which a part of the calls is enough, both of those that are left now and of
   * those that each window has.
   *
   * @param spare what is left now
   */
  private Duration fast(double spare, int part, int sharers) {
    double steady = limit - window.toMillis() / (double) pollInterval.toMillis();
    if (!known || steady <= 0 || spare <= 0) {
      return NEVER;
    }
    Duration always = Duration.ofMillis((long) (window.toMillis() * part * sharers / steady));
    return max(max(always, pace(spare / part, sharers)), FASTEST);
  }

  /** Calls left by the last answer, or a number without bound when the panel names no limit. */
  private double left() {
    if (!known) {
      return Double.POSITIVE_INFINITY;
    }
    if (untilReset().isZero()) {
      // the window is over; the next answer says what the new one holds
      return limit == 0 ? Double.POSITIVE_INFINITY : limit;
    }
    return remaining;
  }

  /** Calls that must be left for what is more important than {@code kind}. */
  private double reserveAbove(Kind kind) {
    double seconds = untilReset().toMillis() / 1000.0;
    double beats = seconds / heartbeatInterval.toSeconds() + 1;
    double statuses = (double) slots * CALLS_PER_BUILD + 1;
    double polls = seconds / pollInterval.toSeconds();
    return switch (kind) {
      case HEALTH, REGISTER, HEARTBEAT -> 0;
      case STATUS -> Math.min(beats, limit / 4.0);
      case ACCEPT, POLL -> Math.min(beats + statuses, limit / 2.0);
      case LOGS -> Math.min(beats + statuses + polls, limit * 0.75);
    };
  }

  private Duration pace(double spare, int sharers) {
    if (Double.isInfinite(spare)) {
      return Duration.ZERO;
    }
    if (spare <= 0) {
      return untilReset();
    }
    return Duration.ofMillis((long) (untilReset().toMillis() * sharers / spare));
  }

  private Duration untilReset() {
    return max(Duration.ofNanos(resetNanos - nanos.getAsLong()), Duration.ZERO);
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
