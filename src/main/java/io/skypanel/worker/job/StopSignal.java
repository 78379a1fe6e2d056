package io.skypanel.worker.job;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells a running build to stop, and why. A stage that waits for something outside the JVM (a
 * program, the engine) registers how to end that wait; {@link #stop} runs these actions once, on
 * the caller's thread. Thread-safe.
 */
public final class StopSignal {
  private final Set<Runnable> actions = new LinkedHashSet<>();
  private BuildFailure reason;

  /** Stops the build; the first reason wins. Actions must be quick and must not throw. */
  public void stop(BuildFailure why) {
    Set<Runnable> toRun;
    synchronized (this) {
      if (reason != null) {
        return;
      }
      reason = why;
      toRun = Set.copyOf(actions);
    }
    toRun.forEach(Runnable::run);
  }

  /** Why the build was stopped; empty while it may go on. */
  public synchronized Optional<BuildFailure> reason() {
    return Optional.ofNullable(reason);
  }

  /** Throws the reason if the build was stopped. */
  public void check() throws BuildFailure {
    Optional<BuildFailure> why = reason();
    if (why.isPresent()) {
      throw why.get();
    }
  }

  /** Waits for {@code time}, but throws the reason as soon as the build is stopped. */
  public void pause(Duration time) throws BuildFailure {
    CountDownLatch stopped = new CountDownLatch(1);
    try (Registration ignored = onStop(stopped::countDown)) {
      if (stopped.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
        check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("The worker is stopping", e);
    }
  }

  /**
   * Registers what ends a wait, for as long as the returned registration is open. If the build is
   * stopped already, the action runs at once.
   */
  public Registration onStop(Runnable action) {
    boolean stopped;
    synchronized (this) {
      stopped = reason != null;
      if (!stopped) {
        actions.add(action);
      }
    }
    if (stopped) {
      action.run();
    }
    return () -> {
      synchronized (this) {
        actions.remove(action);
      }
    };
  }

  /** Closing it takes the action back. */
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
