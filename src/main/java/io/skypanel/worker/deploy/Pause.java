package io.skypanel.worker.deploy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting that a stop ends at once. For one thread. */
final class Pause implements AutoCloseable {
  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final StopSignal stop;
  private final StopSignal.Registration registration;
  private Duration next = SHORTEST;

  Pause(StopSignal stop) {
    this.stop = stop;
    this.registration = stop.onStop(stopped::countDown);
  }

  /** Waits 50 ms, then 100 ms, 200 ms, …, 1 s, but {@code atMost}; throws the stop's reason. */
  void await(Duration atMost) throws BuildFailure {
    Duration wait = next.compareTo(atMost) < 0 ? next : atMost;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    try {
      if (stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        stop.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("the worker is stopping", e);
    }
  }

  @Override
  public void close() {
    registration.close();
  }
}
