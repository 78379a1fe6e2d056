package io.skypanel.worker.job;

import java.util.Optional;

/** One entry of the panel's queue: fit to be built, or not. */
public sealed interface QueuedBuild permits BuildJob, QueuedBuild.Malformed {
  /**
   * An entry that can't be built.
   *
   * @param deploymentId empty if the entry has none, so that nothing can be reported
   * @param appId its app; empty if the entry has none
   * @param reason what is wrong, naming the field, fit for the customer
   */
  record Malformed(Optional<String> deploymentId, Optional<String> appId, String reason)
      implements QueuedBuild {}
}
