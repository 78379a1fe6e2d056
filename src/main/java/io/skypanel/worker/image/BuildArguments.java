package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The build arguments of one build. */
final class BuildArguments {
  /**
   * BuildKit takes orders by such names: {@code BUILDKIT_SYNTAX} alone has another program read the
   * Dockerfile. Whoever sets an app's variables has no business with them.
   */
  private static final Pattern ORDER = Pattern.compile("BUILDKIT_.*|SOURCE_DATE_EPOCH");

  private BuildArguments() {}

  /**
   * Those of the job's variables that the Dockerfile declares, and over them the plan's own; none
   * that is an order to BuildKit.
   */
  static Map<String, String> of(BuildPlan plan, BuildJob job) {
    Map<String, String> arguments = ofJob(plan, job);
    arguments.putAll(plan.arguments());
    arguments.keySet().removeIf(name -> ORDER.matcher(name).matches());
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
