package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The build arguments of one build. */
final class BuildArguments {
  /**
   * The builders take orders by such names: {@code BUILDKIT_SYNTAX} alone has another program read
   * the Dockerfile, and a proxy changes what a step fetches but not what the cache, which apps
   * share, takes the step for. Whoever sets an app's variables has no business with them.
   */
  private static final Pattern ORDER =
      Pattern.compile(
          "BUILDKIT_.*|BUILDX_.*|SOURCE_DATE_EPOCH|"
              + OwnCache.ARGUMENT
              + "|(?i:(?:HTTP|HTTPS|FTP|NO|ALL)_PROXY)");

  private BuildArguments() {}

  /**
   * Those of the job's variables that the Dockerfile declares, and over them the plan's own; none
   * that is an order to BuildKit, which the log says.
   */
  static Map<String, String> of(BuildPlan plan, Readings dockerfile, Build build) {
    Map<String, String> arguments = ofJob(dockerfile, build.job());
    arguments.putAll(plan.arguments());
    List<String> orders =
        arguments.keySet().stream().filter(name -> ORDER.matcher(name).matches()).toList();
    if (!orders.isEmpty()) {
      build
          .progress()
          .warn(
              "No build arguments, since the builder takes orders by such names: "
                  + String.join(", ", orders));
      orders.forEach(arguments::remove);
    }
    return arguments;
  }

  /** Of them those whose values are secrets. */
  static Map<String, String> secrets(BuildPlan plan, Readings dockerfile, BuildJob job) {
    Map<String, String> secrets = ofJob(dockerfile, job);
    secrets.keySet().removeAll(plan.arguments().keySet());
    return secrets;
  }

  private static Map<String, String> ofJob(Readings dockerfile, BuildJob job) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String name : DeclaredArguments.of(dockerfile)) {
      if (job.environment().containsKey(name)) {
        arguments.put(name, job.environment().get(name));
      }
    }
    return arguments;
  }
}
