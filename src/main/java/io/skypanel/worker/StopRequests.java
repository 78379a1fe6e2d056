package io.skypanel.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT: the first asks for a drain, the second for an end of the running builds, the
 * third ends the process. A shutdown hook fires once only and exits with 143, so the signals are
 * handled here. Thread-safe.
 */
final class StopRequests {
  private static final int EXIT_FORCED = 130;

  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  void listen() {
    Signal.handle(new Signal("TERM"), signal -> request());
    Signal.handle(new Signal("INT"), signal -> request());
  }

  synchronized void request() {
    if (first.getCount() > 0) {
      first.countDown();
    } else if (second.getCount() > 0) {
      second.countDown();
    } else {
      Runtime.getRuntime().halt(EXIT_FORCED);
    }
  }

  boolean isStopping() {
    return first.getCount() == 0;
  }

  /** Waits for the first request. */
  void await() throws InterruptedException {
    first.await();
  }

  /** Waits for the first request, for so long at most. */
  boolean await(Duration limit) throws InterruptedException {
    return first.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits for the second request, for so long at most. */
  boolean awaitUrgent(Duration limit) throws InterruptedException {
    return second.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
