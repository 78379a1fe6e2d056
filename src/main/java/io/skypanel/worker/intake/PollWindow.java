package io.skypanel.worker.intake;

import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.settings.Shard;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The apps of which one poll reads the builds: the first in the queue that are this worker's. A
 * queue may have thousands of others, and none of those could be taken by this poll. For one poll,
 * by one thread.
 */
final class PollWindow implements Predicate<String> {
  /** More than the 64 slots that a worker may have: apps with a build in flight hide no others. */
  static final int APPS = 100;

  private final Shard shard;
  private final Set<String> apps = new HashSet<>();

  PollWindow(Shard shard) {
    this.shard = shard;
  }

  /** Whether there may be builds of other apps. */
  boolean isFull() {
    return apps.size() == APPS;
  }

  /** Whether builds of the app are to be read; what is no id is to be found bad, so it is. */
  @Override
  public boolean test(String appId) {
    return !FieldRules.isId(appId)
        || apps.contains(appId)
        || apps.size() < APPS && shard.takes(appId) && apps.add(appId);
  }
}
