package io.skypanel.worker.apps;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps deployments of one app, and what people do to it, apart, first come first served; other
 * apps are not delayed. Thread-safe.
 */
public final class AppLocks {
  /** Who holds an app (the first) and who waits for it. An app that nobody wants has no entry. */
  private final Map<String, Deque<Object>> queues = new HashMap<>();

  /** Closing it lets the next one in. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits until no one else holds {@code appId}.
   *
   * @param whenWaiting is run once if another holds it now
   * @throws BuildFailure the stop's reason if {@code stop} ends the wait
   */
  public Held acquire(String appId, StopSignal stop, Runnable whenWaiting) throws BuildFailure {
    Object ticket = new Object();
    boolean held = false;
    try (StopSignal.Registration waking = stop.onStop(this::wake)) {
      if (!enqueue(appId, ticket)) {
        whenWaiting.run();
      }
      await(appId, ticket, stop);
      held = true;
      return () -> leave(appId, ticket);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("the worker is stopping", e);
    } finally {
      if (!held) {
        leave(appId, ticket);
      }
    }
  }

  /** The app at once; empty if another holds it or waits for it. */
  public synchronized Optional<Held> tryAcquire(String appId) {
    if (queues.containsKey(appId)) {
      return Optional.empty();
    }
    Object ticket = new Object();
    enqueue(appId, ticket);
    return Optional.of(() -> leave(appId, ticket));
  }

  private synchronized boolean enqueue(String appId, Object ticket) {
    Deque<Object> queue = queues.computeIfAbsent(appId, id -> new ArrayDeque<>());
    queue.addLast(ticket);
    return queue.peekFirst() == ticket;
  }

  private synchronized void await(String appId, Object ticket, StopSignal stop)
      throws BuildFailure, InterruptedException {
    while (queues.get(appId).peekFirst() != ticket) {
      stop.check();
      wait();
    }
  }

  private synchronized void leave(String appId, Object ticket) {
    Deque<Object> queue = queues.get(appId);
    if (queue != null && queue.remove(ticket)) {
      if (queue.isEmpty()) {
        queues.remove(appId);
      }
      notifyAll();
    }
  }

  private synchronized void wake() {
    notifyAll();
  }
}
