package io.skypanel.worker.status;

import java.util.List;

/** The builds, over JMX: {@code io.skypanel.worker:type=Builds}. */
public interface BuildsMXBean {
  /** The deployment ids of the builds that run. */
  List<String> getRunning();

  /** Stops a build; false if no such build runs. */
  boolean cancel(String deploymentId);
}
