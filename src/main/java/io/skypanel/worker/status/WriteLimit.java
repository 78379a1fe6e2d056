package io.skypanel.worker.status;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends a write to a client that does not read, which would hold its thread for ever. The JDK's
 * server has a limit of its own, but for a whole answer, however lively, and some here have no end.
 * Thread-safe.
 */
final class WriteLimit implements AutoCloseable {
  private final Duration limit;
  private final ScheduledThreadPoolExecutor clock;

  WriteLimit(Duration limit) {
    this.limit = limit;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "status-http-limit");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
  }

  /** Something that writes to a client. */
  interface Write {
    void run() throws IOException;
  }

  /**
   * Writes.
   *
   * @throws IOException the write's own, or that of the connection, which is closed at the limit
   */
  void run(Write write) throws IOException {
    Alarm alarm = new Alarm(Thread.currentThread());
    ScheduledFuture<?> set = clock.schedule(alarm, limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      write.run();
    } finally {
      set.cancel(false);
      alarm.end();
    }
  }

  /** Interrupts the writer, which closes the connection that it waits for. */
  private static final class Alarm implements Runnable {
    private final Thread writer;
    private boolean ended;
    private boolean rang;

    Alarm(Thread writer) {
      this.writer = writer;
    }

    @Override
    public synchronized void run() {
      if (!ended) {
        rang = true;
        writer.interrupt();
      }
    }

    /** Ends it, on the writer's thread; its interrupt goes no further than here. */
    synchronized void end() {
      ended = true;
      if (rang) {
        Thread.interrupted();
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
