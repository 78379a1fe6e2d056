package io.skypanel.worker.engine;

import org.apache.camel.ExchangeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the engine answers, as the route {@code check-docker} last saw it; a change is logged
 * once. Thread-safe.
 */
public final class EngineHealth {
  private static final Logger log = LoggerFactory.getLogger(EngineHealth.class);

  private volatile State state = new State(true, "");

  /**
   * How the last ping went.
   *
   * @param available whether the engine answered
   * @param problem why not; empty if it did
   */
  public record State(boolean available, String problem) {}

  /** The engine answered. */
  public synchronized State answered() {
    if (!state.available()) {
      log.info("The Docker engine answers again");
    }
    state = new State(true, "");
    return state;
  }

  /** It did not. */
  public synchronized State failed(@ExchangeException Exception error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String problem =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    if (state.available()) {
      log.warn("The Docker engine is away ({}); no build is taken until it answers", problem);
    }
    state = new State(false, problem);
    return state;
  }

  /** Whether it answered the last ping. */
  public boolean isAvailable() {
    return state.available();
  }
}
