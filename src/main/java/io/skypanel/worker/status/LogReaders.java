package io.skypanel.worker.status;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Bounds how many read apps' output at once, since each holds a thread and a connection of the
 * engine's, and how many secrets are looked for in it, since each of their characters takes some 15
 * bytes. Where all places are taken, whoever has heard nothing for the longest makes room: it may
 * well be gone, which a server sees only when it writes. Thread-safe.
 */
final class LogReaders {
  static final int PLACES = 8;

  /** As many as a job's variables may have, twice: an image may bring as many of its own. */
  static final long CHARACTERS = 2L << 20;

  /** Nobody has to go before this. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final LongSupplier nanoTime;
  private final Set<Place> places = new LinkedHashSet<>();
  private long characters;

  /** By that monotonic clock. */
  LogReaders(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Somebody who reads. */
  final class Place implements AutoCloseable {
    private volatile long heardAt = nanoTime.getAsLong();
    private volatile boolean wanted;
    private long held;

    /**
     * Takes room for what the variables of an app have, until it is left.
     *
     * @return whether there is that much room beside the other readers; always for one alone
     */
    boolean takes(long length) {
      synchronized (LogReaders.this) {
        if (characters > 0 && characters + length > CHARACTERS) {
          return false;
        }
        characters += length;
        held += length;
        return true;
      }
    }

    /** Something was written to it. */
    void heard() {
      heardAt = nanoTime.getAsLong();
    }

    /** Whether it has to make room. */
    boolean isWanted() {
      return wanted;
    }

    /** How long nothing was written to it. */
    Duration silence() {
      return Duration.ofNanos(nanoTime.getAsLong() - heardAt);
    }

    @Override
    public void close() {
      leave(this);
    }
  }

  /** A place; empty if all are taken and none of them has been silent for long. */
  synchronized Optional<Place> enter() {
    if (places.size() == PLACES) {
      Optional<Place> silent =
          places.stream()
              .max(Comparator.comparing(Place::silence))
              .filter(place -> place.silence().compareTo(SILENCE) >= 0);
      if (silent.isEmpty()) {
        return Optional.empty();
      }
      silent.get().wanted = true;
      places.remove(silent.get());
    }
    Place place = new Place();
    places.add(place);
    return Optional.of(place);
  }

  private synchronized void leave(Place place) {
    places.remove(place);
    characters -= place.held;
    place.held = 0;
  }
}
