package io.skypanel.worker.apps;

import java.util.Optional;

/** Brings an earlier version of an app back. Thread-safe. */
@FunctionalInterface
public interface RollbackStarter {
  /**
   * Begins to put the app's earlier deployment in place of its current one. Returns at once.
   *
   * @param app its record
   * @param deploymentId which one; empty: the one before the current one
   * @return what has begun, a sentence for people
   * @throws NotPossible if there is nothing to go back to
   */
  String begin(AppRecord app, Optional<String> deploymentId) throws NotPossible;

  /** There is nothing to go back to; the message says why. */
  final class NotPossible extends Exception {
    private static final long serialVersionUID = 1L;

    public NotPossible(String message) {
      super(message);
    }
  }
}
