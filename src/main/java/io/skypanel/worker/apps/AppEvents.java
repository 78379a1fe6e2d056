package io.skypanel.worker.apps;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.EventsCmd;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to what the engine says about this worker's containers, on a thread of its own, until it
 * is closed. When the engine goes away it listens again as soon as that is back, from the last
 * event on as far as the engine still has them.
 */
public final class AppEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AppEvents.class);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  /** A connection that broke without a word would stay silent for ever. */
  private static final Duration RENEW = Duration.ofMinutes(10);

  private static final long NANOS = 1_000_000_000L;

  private final DockerClient docker;
  private final String workerId;
  private final AppBoard board;
  private final Thread thread;

  /** The time of the last event, by the engine's clock since 1970; 0: there was none. */
  private final AtomicLong lastNanos = new AtomicLong();

  private AppEvents(DockerEngine engine, String workerId, AppBoard board) {
    this.docker = engine.client();
    this.workerId = workerId;
    this.board = board;
    this.thread = new Thread(this::listen, "app-events");
    thread.setDaemon(true);
  }

  /** Begins to tell {@code board} what happens to the containers of {@code workerId}. */
  public static AppEvents listen(DockerEngine engine, String workerId, AppBoard board) {
    AppEvents events = new AppEvents(engine, workerId, board);
    events.thread.start();
    return events;
  }

  private void listen() {
    while (!Thread.currentThread().isInterrupted()) {
      long from = lastNanos.get();
      try (Subscription subscription = new Subscription(from)) {
        if (command(from).exec(subscription).awaitCompletion(RENEW.toSeconds(), TimeUnit.SECONDS)) {
          Thread.sleep(BETWEEN_TRIES.toMillis());
        }
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      } catch (IOException | RuntimeException e) {
        log.debug("The engine's events are not to be had: {}", e.toString());
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_TRIES.toMillis());
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private EventsCmd command(long from) {
    EventsCmd command =
        docker
            .eventsCmd()
            .withEventTypeFilter(EventType.CONTAINER)
            .withEventFilter(AppEvent.ACTIONS)
            .withLabelFilter(Map.of(Labels.WORKER, workerId));
    return from == 0 ? command : command.withSince("%d.%09d".formatted(from / NANOS, from % NANOS));
  }

  private final class Subscription extends ResultCallback.Adapter<Event> {
    private final long from;

    Subscription(long from) {
      this.from = from;
    }

    @Override
    public void onNext(Event event) {
      long at = event.getTimeNano() == null ? 0 : event.getTimeNano();
      if (at != 0 && at <= from) {
        return; // the engine gives the one at the very time from which it is asked again
      }
      lastNanos.accumulateAndGet(at, Math::max);
      try {
        AppEvent.of(event).ifPresent(board::heard);
      } catch (RuntimeException e) {
        log.warn("An event of an app is lost: {}", e.getMessage());
      }
    }
  }

  /** Stops listening. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
