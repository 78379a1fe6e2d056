package io.skypanel.worker.panel;

import java.time.Instant;
import java.util.Optional;

/** Whether the panel answers: what {@code /health/ready} and {@code /status} say. Thread-safe. */
public final class PanelContact {
  private volatile State state = new State(false, Optional.empty(), "not called yet");

  /**
   * How the last call went.
   *
   * @param reachable whether the panel answered below 500
   * @param lastAnswer when it last did
   * @param lastProblem what went wrong last; empty while all is well
   */
  public record State(boolean reachable, Optional<Instant> lastAnswer, String lastProblem) {}

  void note(PanelAnswer answer) {
    boolean reachable = answer.status() > 0 && answer.status() < 500;
    state =
        reachable
            ? new State(true, Optional.of(Instant.now()), "")
            : new State(false, state.lastAnswer(), answer.describe());
  }

  /** How the last call went. */
  public State state() {
    return state;
  }
}
