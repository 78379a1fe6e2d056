package io.skypanel.worker.apps;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps deployments of one app apart; other apps are not delayed. Thread-safe. */
public final class AppLocks {
  private static final long STOP_CHECK_MILLIS = 200;

  private final Map<String, Entry> entries = new HashMap<>();

  /** A lock and how many hold it or wait for it, so that it goes with the last of them. */
  private static final class Entry {
    private final ReentrantLock lock = new ReentrantLock(true);
    private int users;
  }

  /** Closing it, on the thread that acquired it, lets the next one in. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits until no one else holds {@code appId}, first come first served.
   *
   * @param whenWaiting is run once if another holds it now
   * @throws BuildFailure the stop's reason if {@code stop} ends the wait
   */
  public Held acquire(String appId, StopSignal stop, Runnable whenWaiting) throws BuildFailure {
    Entry entry = join(appId);
    boolean held = false;
    try {
      held = entry.lock.tryLock();
      if (!held) {
        whenWaiting.run();
      }
      while (!held) {
        stop.check();
        held = entry.lock.tryLock(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("the worker is stopping", e);
    } finally {
      if (!held) {
        leave(appId, entry);
      }
    }
    return () -> {
      entry.lock.unlock();
      leave(appId, entry);
    };
  }

  private synchronized Entry join(String appId) {
    Entry entry = entries.computeIfAbsent(appId, id -> new Entry());
    entry.users++;
    return entry;
  }

  private synchronized void leave(String appId, Entry entry) {
    entry.users--;
    if (entry.users == 0) {
      entries.remove(appId);
    }
  }
}
