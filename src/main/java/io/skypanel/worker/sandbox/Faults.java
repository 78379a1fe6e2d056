package io.skypanel.worker.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Faults on demand: what goes wrong between worker and panel, and how often or how long. The first
 * that matches a call is the one that strikes. Thread-safe.
 */
public final class Faults {
  private static final int ENDLESS = Integer.MAX_VALUE;

  private final LongSupplier nanoClock;
  private final List<Pending> pending = new ArrayList<>();

  /** What happens to a call. */
  sealed interface Fault {
    /** Something other than the panel answers; the call never reaches it. */
    record Answering(Answer answer, Map<String, String> headers) implements Fault {}

    /** The panel answers, but late. */
    record Delaying(Duration delay) implements Fault {}

    /** The connection is closed; the call never reaches the panel. */
    record Dropping() implements Fault {}

    /** The panel does what was asked, but its answer gets lost. */
    record LosingAnswer() implements Fault {}
  }

  private static final class Pending {
    private final Pattern call;
    private final Fault fault;
    private final long endNanos;
    private int left;

    Pending(Pattern call, Fault fault, int left, long endNanos) {
      this.call = call;
      this.fault = fault;
      this.left = left;
      this.endNanos = endNanos;
    }
  }

  Faults(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Begins a fault for calls that {@code regex} is found in, until {@link #clear()}.
   *
   * @param regex sought in method and path (without base path), such as {@code status$}
   */
  public Plan on(String regex) {
    return new Plan(Pattern.compile(regex), ENDLESS, Optional.empty());
  }

  /** Ends all faults. */
  public synchronized void clear() {
    pending.clear();
  }

  /** Which calls, how many and how long; one of its verbs then sets the fault. Immutable. */
  public final class Plan {
    private final Pattern call;
    private final int times;
    private final Optional<Duration> duration;

    private Plan(Pattern call, int times, Optional<Duration> duration) {
      this.call = call;
      this.times = times;
      this.duration = duration;
    }

    /** For so many calls. */
    public Plan times(int count) {
      return new Plan(call, count, duration);
    }

    /** For so long, from the verb on. */
    public Plan lasting(Duration time) {
      return new Plan(call, times, Optional.of(time));
    }

    /** Answers with {@code {"success":false,"error":"sandbox fault"}}. */
    public void answer(int status) {
      set(new Fault.Answering(Answer.error(status, "sandbox fault"), Map.of()));
    }

    /** Answers with that body, such as a proxy's page in HTML. */
    public void answer(int status, String contentType, String body) {
      set(new Fault.Answering(new Answer(status, contentType, body), Map.of()));
    }

    /** Answers 429 and asks to be left alone for so long, as whole seconds. */
    public void tooMany(Duration retryAfter) {
      Answer answer = Answer.json(429, Json.object().put("error", "Too many requests"));
      set(
          new Fault.Answering(
              answer, Map.of("Retry-After", String.valueOf(retryAfter.toSeconds()))));
    }

    /** Lets the panel answer, but that much later. */
    public void delay(Duration time) {
      set(new Fault.Delaying(time));
    }

    /** Closes the connection; the panel never sees the call. */
    public void drop() {
      set(new Fault.Dropping());
    }

    /** Lets the panel do what was asked, then closes the connection without an answer. */
    public void loseAnswer() {
      set(new Fault.LosingAnswer());
    }

    private void set(Fault fault) {
      long end = duration.map(d -> nanoClock.getAsLong() + d.toNanos()).orElse(Long.MAX_VALUE);
      synchronized (Faults.this) {
        pending.add(new Pending(call, fault, times, end));
      }
    }
  }

  /** The fault that strikes this call, if any; uses it up by one. */
  synchronized Optional<Fault> strike(String method, String path) {
    long now = nanoClock.getAsLong();
    Iterator<Pending> each = pending.iterator();
    while (each.hasNext()) {
      Pending next = each.next();
      if (now >= next.endNanos || next.left == 0) {
        each.remove();
      } else if (next.call.matcher(method + " " + path).find()) {
        if (next.left != ENDLESS) {
          next.left--;
        }
        return Optional.of(next.fault);
      }
    }
    return Optional.empty();
  }
}
