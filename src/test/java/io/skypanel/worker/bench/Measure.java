package io.skypanel.worker.bench;

/** One line's measurement. */
interface Measure {
  /** What {@code --only} calls it. */
  String id();

  /**
   * Does the work so many times, after a warm-up that does not count.
   *
   * @param runs at least 1
   */
  Row run(int runs) throws Exception;
}
