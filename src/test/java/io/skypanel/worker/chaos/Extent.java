package io.skypanel.worker.chaos;

import java.time.Duration;

/**
 * How long things last.
 *
 * @param delay a slow panel's
 * @param shortest the least that a fault lasts
 * @param longest the most
 * @param patience for builds to end after it
 */
record Extent(Duration delay, Duration shortest, Duration longest, Duration patience) {
  static final Extent SHORT =
      new Extent(
          Duration.ofSeconds(3),
          Duration.ofMillis(2500),
          Duration.ofSeconds(4),
          Duration.ofSeconds(90));

  static final Extent LONG =
      new Extent(
          Duration.ofSeconds(30),
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(240));
}
