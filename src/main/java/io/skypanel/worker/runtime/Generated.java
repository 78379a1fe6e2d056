package io.skypanel.worker.runtime;

import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.RunPlan;
import java.util.List;

/**
 * A Dockerfile that was generated. Immutable.
 *
 * @param runtime the id of what was detected, such as {@code node}
 * @param dockerfile it, with what its {@code .dockerignore} says
 * @param reasons why each choice was made, a line each, for the build log
 * @param process whether the app serves HTTP
 */
public record Generated(
    String runtime, Dockerfile dockerfile, List<String> reasons, RunPlan.Process process) {
  public Generated {
    reasons = List.copyOf(reasons);
  }
}
