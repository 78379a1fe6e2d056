package io.skypanel.worker.bench;

import java.util.List;

/**
 * A line of the table: what the worker took, and what the command line took for the same work, run
 * by turns.
 *
 * @param id the line's name on the command line
 * @param work what was done
 * @param ours what was measured of the worker, a sentence
 * @param theirs the commands it stands beside; empty if the goal is no ratio
 * @param unit of the figures
 * @param ourFigures one for each run
 * @param theirFigures one for each run, in the same order; empty if the goal is no ratio
 * @param goal the most that is good: a ratio, or a figure where there is nothing beside
 */
record Row(
    String id,
    String work,
    String ours,
    String theirs,
    String unit,
    List<Double> ourFigures,
    List<Double> theirFigures,
    double goal) {

  boolean isRatio() {
    return !theirFigures.isEmpty();
  }

  /** The median of what was measured of the worker. */
  double ourMedian() {
    return median(ourFigures);
  }

  /** The median beside it. */
  double theirMedian() {
    return median(theirFigures);
  }

  /** What the goal is about: the ratio of the medians, or the worker's own. */
  double result() {
    return isRatio() ? ourMedian() / theirMedian() : ourMedian();
  }

  boolean isReached() {
    return result() <= goal;
  }

  static double median(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
