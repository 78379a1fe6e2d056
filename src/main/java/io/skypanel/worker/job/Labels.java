package io.skypanel.worker.job;

import java.util.Map;

/**
 * The labels that images and containers made here carry. Clean-up goes by them alone: what lacks
 * this worker's own id is never touched.
 */
public final class Labels {
  /** The id of the worker that made it (not the panel's node id, which registration may change). */
  public static final String WORKER = "io.skypanel.worker";

  /** The app's id. */
  public static final String APP = "io.skypanel.app";

  /** The deployment's id. */
  public static final String DEPLOYMENT = "io.skypanel.deployment";

  /** Whose network it is, or whose it is on: {@code organization:<id>} or {@code app:<id>}. */
  public static final String NETWORK = "io.skypanel.network";

  private Labels() {}

  /** The labels of what is made for {@code job}. */
  public static Map<String, String> of(String workerId, BuildJob job) {
    return Map.of(WORKER, workerId, APP, job.appId(), DEPLOYMENT, job.deploymentId());
  }
}
