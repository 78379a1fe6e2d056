package io.skypanel.worker.chaos;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waiting for a condition, and pauses whose length is the point. */
final class Wait {
  private static final long LOOK_MILLIS = 50;

  private Wait() {}

  /** Whether the condition comes to hold in time; one that throws does not hold yet. */
  static boolean until(Duration limit, Callable<Boolean> condition) throws InterruptedException {
    long giveUp = System.nanoTime() + limit.toNanos();
    while (true) {
      if (holds(condition)) {
        return true;
      }
      if (System.nanoTime() - giveUp >= 0) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static boolean holds(Callable<Boolean> condition) throws InterruptedException {
    try {
      return condition.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception notYet) {
      return false;
    }
  }

  /** Lets time pass. */
  static void pass(Duration time) throws InterruptedException {
    Thread.sleep(time.toMillis());
  }
}
