package io.skypanel.worker.job;

import java.util.List;

/**
 * An image in the engine, ready to run.
 *
 * @param checkout what it was built from
 * @param ref its name
 * @param id its id, {@code sha256:…}
 * @param intermediates ids of the untagged images that the build made on its way, for clean-up
 * @param run how the app is run
 */
public record BuiltImage(
    Checkout checkout, ImageRef ref, String id, List<String> intermediates, RunPlan run) {
  public BuiltImage {
    // a journal of an earlier version has none
    run = run == null ? RunPlan.DEFAULT : run;
    intermediates = List.copyOf(intermediates);
  }
}
