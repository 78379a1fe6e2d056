package io.skypanel.worker.bench;

import java.util.List;

/** Measures how figures grow with one thing. */
interface Growth {
  /** What {@code --only} calls it. */
  String id();

  /**
   * Measures.
   *
   * @param quick leaves out what takes minutes
   */
  List<Series> run(boolean quick) throws Exception;
}
