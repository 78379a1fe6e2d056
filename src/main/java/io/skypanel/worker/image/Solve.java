package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.ImageRef;
import java.util.Map;

/**
 * What BuildKit is to build, after all checks.
 *
 * @param plan by which Dockerfile
 * @param readings of that Dockerfile
 * @param build whose it is
 * @param ref the image's name
 * @param labels the image's labels
 * @param arguments build arguments; values are secrets
 * @param offline whether commands have no network
 */
record Solve(
    BuildPlan plan,
    Readings readings,
    Build build,
    ImageRef ref,
    Map<String, String> labels,
    Map<String, String> arguments,
    boolean offline) {}
