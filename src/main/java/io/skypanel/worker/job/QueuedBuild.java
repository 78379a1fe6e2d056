package io.skypanel.worker.job;

import java.util.Optional;

/** One entry of the panel's queue: fit to be built, or not. */
public sealed interface QueuedBuild permits BuildJob, QueuedBuild.Malformed, QueuedBuild.Resumed {
  /**
   * An entry that can't be built.
   *
   * @param deploymentId empty if the entry has none, so that nothing can be reported
   * @param appId its app; empty if the entry has none
   * @param reason what is wrong, naming the field, fit for the customer
   */
  record Malformed(Optional<String> deploymentId, Optional<String> appId, String reason)
      implements QueuedBuild {}

  /**
   * A build of an earlier run of the worker whose image was made; it goes on from there.
   *
   * @param job the build
   * @param image its image, which is still in the engine
   */
  record Resumed(BuildJob job, BuiltImage image) implements QueuedBuild {}
}
