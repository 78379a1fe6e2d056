package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppLocksTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AppLocks locks = new AppLocks();
  private final AtomicInteger waiting = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void thoseThatWaitAreLetInInTheOrderInWhichTheyCame() throws Exception {
    List<Integer> order = new CopyOnWriteArrayList<>();
    AppLocks.Held first = acquire(new StopSignal());
    for (int i = 1; i <= 5; i++) {
      int number = i;
      threads.submit(
          () -> {
            try (AppLocks.Held held = acquire(new StopSignal())) {
              order.add(number);
            }
            return null;
          });
      await().until(() -> waiting.get() == number);
    }
    assertThat(order).isEmpty();

    first.close();

    await().untilAsserted(() -> assertThat(order).containsExactly(1, 2, 3, 4, 5));
  }

  @Test
  void aStopEndsTheWaitAndOthersAreNotHeldUpByIt() throws Exception {
    AppLocks.Held first = acquire(new StopSignal());
    StopSignal stop = new StopSignal();
    Future<AppLocks.Held> second = threads.submit(() -> acquire(stop));
    await().until(() -> waiting.get() == 1);

    stop.stop(new BuildFailure.Cancelled("not wanted"));

    assertThatThrownBy(second::get).hasRootCauseMessage("not wanted");
    first.close();
    acquire(new StopSignal()).close();
    assertThat(waiting).hasValue(1);
  }

  @Test
  void whoDoesNotWantToWaitIsTurnedAwayWhileAnotherHoldsTheApp() throws Exception {
    AppLocks.Held first = acquire(new StopSignal());

    assertThat(locks.tryAcquire("app")).isEmpty();
    assertThat(locks.tryAcquire("other")).isPresent();
    first.close();
    AppLocks.Held second = locks.tryAcquire("app").orElseThrow();
    assertThat(locks.tryAcquire("app")).isEmpty();

    second.close();
    acquire(new StopSignal()).close();
  }

  private AppLocks.Held acquire(StopSignal stop) throws BuildFailure {
    return locks.acquire("app", stop, waiting::incrementAndGet);
  }
}
