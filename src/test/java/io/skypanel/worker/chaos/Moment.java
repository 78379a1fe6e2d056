package io.skypanel.worker.chaos;

import java.time.Duration;
import java.util.Locale;

/** The phase of a build in which it is broken. */
enum Moment {
  CLAIM(1000),
  CHECKOUT(1000),
  IMAGE(1800),
  START(500),
  PROBE(1800),
  REPORT(1000);

  private final int windowMillis;

  Moment(int windowMillis) {
    this.windowMillis = windowMillis;
  }

  /** How long the phase lasts at least, with the apps and delays of the suite. */
  Duration window() {
    return Duration.ofMillis(windowMillis);
  }

  /** As on the command line and in the table. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
