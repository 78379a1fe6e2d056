package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.runtime.Runtimes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The build arguments of a build by BuildKit: the job's and the plan's, and those by which an app's
 * caches are its own. Thread-safe.
 */
final class BuildKitArguments {
  /** BuildKit keeps cache mounts of different namespaces apart. */
  private static final String CACHE_NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS";

  private final CacheKey key;

  /**
   * @param key makes what nobody else can say
   */
  BuildKitArguments(CacheKey key) {
    this.key = key;
  }

  /**
   * Names and values.
   *
   * @throws BuildFailure.WorkerFault if the key can be neither read nor made
   */
  Map<String, String> of(BuildPlan plan, Readings readings, Build build)
      throws BuildFailure.WorkerFault {
    Dockerfile dockerfile = plan.dockerfile().orElseThrow();
    String app = build.job().appId();
    Map<String, String> arguments = new LinkedHashMap<>(BuildArguments.of(plan, readings, build));
    String digest = arguments.get(Runtimes.DIGEST);
    if (dockerfile.isGenerated() && digest != null) {
      // the image's history shows it, and a weak secret could be guessed from it
      arguments.put(Runtimes.DIGEST, key.name("environment " + digest, app));
    }
    // last: no app may choose another's
    arguments.put(CACHE_NAMESPACE, key.name("mounts", app));
    if (OwnCache.isNeeded(dockerfile.text())) {
      arguments.put(OwnCache.ARGUMENT, key.name("steps", app));
    }
    return arguments;
  }
}
