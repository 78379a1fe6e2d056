package io.skypanel.worker.job;

/**
 * What a stage says while it works; the customer reads it in the build log. Implementations never
 * throw, never block on the network, and may be called from several threads at once.
 */
public interface Progress {
  /** The build has entered {@code phase}. */
  void entered(Phase phase);

  /** A line of the worker's own, such as {@code Cloning …}; without line break. */
  void line(Level level, String text);

  /**
   * Output of a program as it comes: any part of a line or several lines, of any length. What
   * follows the last line break waits for its end, but never without bound.
   */
  void output(String chunk);

  /** A {@link #line} at level info. */
  default void info(String text) {
    line(Level.INFO, text);
  }

  /** A {@link #line} at level warn. */
  default void warn(String text) {
    line(Level.WARN, text);
  }

  /** The levels that the panel's {@code /logs} call takes, mildest first. */
  enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }
}
