package io.skypanel.worker.intake;

import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.settings.Shard;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The apps of which one poll reads the builds: the first in the queue that are this worker's. A
 * queue may have thousands of others, and none of those could be taken by this poll. Thread-safe.
 */
final class PollWindow implements Predicate<String> {
  /** More than the 64 slots that a worker may have: apps with a build in flight hide no others. */
  static final int APPS = 100;

  private final Shard shard;
  private final int maxApps;
  private final Set<String> apps = new HashSet<>();
  private boolean taken;

  PollWindow(Shard shard) {
    this(shard, APPS);
  }

  private PollWindow(Shard shard, int maxApps) {
    this.shard = shard;
    this.maxApps = maxApps;
  }

  /**
   * That of the next poll. What can't be taken, for whatever reason, must not hide the rest for
   * ever: after a full window of which nothing was taken comes one without a bound.
   */
  synchronized PollWindow next() {
    return apps.size() == maxApps && !taken
        ? new PollWindow(shard, Integer.MAX_VALUE)
        : new PollWindow(shard);
  }

  /** A build of the window was taken. */
  synchronized void noteTaken() {
    taken = true;
  }

  /** Whether builds of the app are to be read; what is no id is to be found bad, so it is. */
  @Override
  public synchronized boolean test(String appId) {
    return !FieldRules.isId(appId)
        || apps.contains(appId)
        || apps.size() < maxApps && shard.takes(appId) && apps.add(appId);
  }
}
