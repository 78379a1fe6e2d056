package io.skypanel.worker.job;

import java.util.Locale;

/** Where a build is, in the order in which it gets there. */
public enum Phase {
  CLAIM,
  CHECKOUT,
  IMAGE,
  DEPLOY,
  CONCLUDE;

  /** A failure in or after {@link #DEPLOY} is a failed deployment, before it a failed build. */
  public boolean isDeploying() {
    return compareTo(DEPLOY) >= 0;
  }

  /** For logs, JSON and metric labels: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
