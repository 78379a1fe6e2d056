package io.skypanel.worker.job;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a checkout is made into an image, and the image run. Immutable.
 *
 * @param checkout the sources
 * @param dockerfile what the image is built by; empty: Cloud Native Buildpacks find that out
 * @param target the Dockerfile's stage that is built; empty: the last
 * @param arguments build arguments besides those variables of the job that the Dockerfile declares,
 *     over which they win
 * @param run how the app is run
 */
public record BuildPlan(
    Checkout checkout,
    Optional<Dockerfile> dockerfile,
    Optional<String> target,
    Map<String, String> arguments,
    RunPlan run) {

  public BuildPlan {
    arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
  }
}
