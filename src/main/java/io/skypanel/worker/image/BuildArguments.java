package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import java.util.LinkedHashMap;
import java.util.Map;

/** The build arguments of one build. */
final class BuildArguments {
  private BuildArguments() {}

  /** Those of the job's variables that the Dockerfile declares, and over them the plan's own. */
  static Map<String, String> of(BuildPlan plan, BuildJob job) {
    Map<String, String> arguments = ofJob(plan, job);
    arguments.putAll(plan.arguments());
    return arguments;
  }

  /** Of them those whose values are secrets. */
  static Map<String, String> secrets(BuildPlan plan, BuildJob job) {
    Map<String, String> secrets = ofJob(plan, job);
    secrets.keySet().removeAll(plan.arguments().keySet());
    return secrets;
  }

  private static Map<String, String> ofJob(BuildPlan plan, BuildJob job) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String name : DeclaredArguments.of(plan.dockerfile().orElseThrow().text())) {
      if (job.environment().containsKey(name)) {
        arguments.put(name, job.environment().get(name));
      }
    }
    return arguments;
  }
}
