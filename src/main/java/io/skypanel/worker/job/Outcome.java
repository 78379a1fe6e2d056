package io.skypanel.worker.job;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a build ended. The body of the {@code after-outcome} route.
 *
 * @param job the build
 * @param result the final status at the panel
 * @param error one sentence a person can act on; empty for a success
 * @param fault whose fault a failure was, by {@link BuildFailure#kind()}; empty for a success
 * @param deployment what runs now; empty for a failure
 * @param stageDurations time spent in each phase that was entered
 */
public record Outcome(
    BuildJob job,
    Result result,
    Optional<String> error,
    Optional<String> fault,
    Optional<Deployment> deployment,
    Map<Phase, Duration> stageDurations) {

  public Outcome {
    stageDurations = Map.copyOf(stageDurations);
  }

  /** The final statuses, by the names that the panel's database takes. */
  public enum Result {
    DEPLOYED("deployed"),
    BUILDING_FAILED("building_failed"),
    DEPLOYMENT_FAILED("deployment_failed");

    private final String status;

    Result(String status) {
      this.status = status;
    }

    /** The panel's name of it. */
    public String status() {
      return status;
    }
  }

  /** True for an app that is live. */
  public boolean deployed() {
    return result == Result.DEPLOYED;
  }

  /**
   * What other tools want to know, flat and ready for JSON: {@code deploymentId}, {@code appId},
   * {@code appName}, {@code status}, and where there are any {@code organizationId}, {@code error},
   * {@code fault}, {@code url}, {@code commitSha}. No secret; unmodifiable.
   */
  public Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("deploymentId", job.deploymentId());
    summary.put("appId", job.appId());
    summary.put("appName", job.appName());
    summary.put("status", result.status());
    job.organizationId().ifPresent(id -> summary.put("organizationId", id));
    error.ifPresent(text -> summary.put("error", text));
    fault.ifPresent(kind -> summary.put("fault", kind));
    deployment.flatMap(Deployment::url).ifPresent(url -> summary.put("url", url));
    deployment.ifPresent(d -> summary.put("commitSha", d.image().checkout().commit().sha()));
    return Collections.unmodifiableMap(summary);
  }
}
