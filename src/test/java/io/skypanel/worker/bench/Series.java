package io.skypanel.worker.bench;

import java.util.List;

/**
 * How a figure grows.
 *
 * @param id its name on the command line
 * @param work what there is more and more of
 * @param figure what was measured, with its unit
 * @param points in growing order
 * @param goal the most that is good, or the least, as {@code figure} says; NaN: none is set
 */
record Series(String id, String work, String figure, List<Point> points, double goal) {

  /**
   * One measurement.
   *
   * @param count how much there was
   * @param value the figure's
   */
  record Point(int count, double value) {}
}
