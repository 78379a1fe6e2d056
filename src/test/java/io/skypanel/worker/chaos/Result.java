package io.skypanel.worker.chaos;

import java.util.List;

/**
 * What came of a combination.
 *
 * @param builds how many there were
 * @param lost ended at the worker without a final status at the panel
 * @param duplicated with two final statuses, or out of order
 * @param stuck not ended at the worker, or never taken
 * @param problems all that is wrong, a sentence each
 */
record Result(
    Combination combination,
    int builds,
    int lost,
    int duplicated,
    int stuck,
    List<String> problems,
    List<String> ends,
    double seconds) {

  boolean isGood() {
    return problems.isEmpty();
  }
}
