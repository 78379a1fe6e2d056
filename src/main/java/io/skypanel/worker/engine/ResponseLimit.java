package io.skypanel.worker.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Ends calls that an engine which hangs does not answer. docker-java's own limit does nothing on a
 * Unix socket, and without one a single such call would stop heartbeats, polls or a build's time
 * limit for ever. Calls that may rightly take long, builds, waits and followed logs above all, are
 * left alone. Thread-safe.
 */
final class ResponseLimit implements DockerHttpClient {
  private static final Pattern LONG =
      Pattern.compile(
          "/build\\b|/wait\\b|/events\\b|/attach\\b|/exec/|/images/(create|load)\\b|/push\\b"
              + "|/system/df\\b|/prune\\b|[?&]follow=(1|true)");

  private final DockerHttpClient engine;
  private final Duration limit;
  private final ScheduledExecutorService clock;

  /**
   * @param limit how long the first byte of an answer may take
   */
  ResponseLimit(DockerHttpClient engine, Duration limit) {
    this.engine = engine;
    this.limit = limit;
    ScheduledThreadPoolExecutor one =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "engine-response-limit");
              thread.setDaemon(true);
              return thread;
            });
    one.setRemoveOnCancelPolicy(true);
    this.clock = one;
  }

  @Override
  public Response execute(Request request) {
    if (LONG.matcher(request.path()).find()) {
      return engine.execute(request);
    }
    Alarm alarm = new Alarm(Thread.currentThread());
    ScheduledFuture<?> set = clock.schedule(alarm, limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return engine.execute(request);
    } catch (RuntimeException e) {
      if (alarm.end()) {
        throw new UncheckedIOException(
            new IOException(
                "the engine did not answer %s %s within %d s"
                    .formatted(request.method(), request.path(), limit.toSeconds())));
      }
      throw e;
    } finally {
      alarm.end();
      set.cancel(false);
    }
  }

  @Override
  public void close() throws IOException {
    clock.shutdownNow();
    engine.close();
  }

  /** Interrupts the caller, unless its call has ended. */
  private static final class Alarm implements Runnable {
    private final Thread caller;
    private boolean ended;
    private boolean rang;

    Alarm(Thread caller) {
      this.caller = caller;
    }

    @Override
    public synchronized void run() {
      if (!ended) {
        rang = true;
        caller.interrupt();
      }
    }

    /**
     * Ends it, on the caller's thread; whether it rang. The interrupt goes no further than here.
     */
    synchronized boolean end() {
      if (!ended && rang) {
        Thread.interrupted();
      }
      ended = true;
      return rang;
    }
  }
}
