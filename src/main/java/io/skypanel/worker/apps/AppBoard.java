package io.skypanel.worker.apps;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.skypanel.worker.engine.ExitCodes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine's events tell of the apps' current containers, since the worker started: deaths,
 * kills for memory, crash loops. Only an app that is to run can die: what happens to a container
 * that is not its current one, or to an app that is stopped, is the worker's own doing. It holds
 * one entry for each app that something has happened to. Thread-safe.
 */
public final class AppBoard {
  private static final Logger log = LoggerFactory.getLogger(AppBoard.class);

  /** An end that comes so soon after a signal from the engine is that signal's. */
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(1);

  private final Function<String, Optional<AppRecord>> records;
  private final LongSupplier nanoTime;
  private final Map<String, Life> lives = new HashMap<>();
  private final Counter deaths;
  private final Counter outOfMemory;
  private final Counter unhealthy;

  /**
   * @param records an app's record by its id
   * @param nanoTime the monotonic clock
   */
  public AppBoard(
      Function<String, Optional<AppRecord>> records, MeterRegistry meters, LongSupplier nanoTime) {
    this.records = records;
    this.nanoTime = nanoTime;
    this.deaths = meters.counter("skypanel.app.deaths");
    this.outOfMemory = meters.counter("skypanel.app.oom");
    this.unhealthy = meters.counter("skypanel.app.unhealthy");
    meters.gauge("skypanel.apps.crashlooping", this, AppBoard::crashLooping);
  }

  /**
   * What happened to one container.
   *
   * @param restarts how often it ended by itself, after which the engine starts it again
   * @param outOfMemory how often it was killed for memory
   * @param lastExit how it ended last; empty if it did not
   * @param crashLoop whether it is in a crash loop
   */
  public record Figures(int restarts, int outOfMemory, Optional<Exit> lastExit, boolean crashLoop) {
    static final Figures NONE = new Figures(0, 0, Optional.empty(), false);
  }

  /**
   * An end.
   *
   * @param code the exit code
   * @param at when, by the engine's clock
   */
  public record Exit(int code, Instant at) {}

  /** What is known of one app's current container. */
  private static final class Life {
    private final String containerId;
    private final CrashLoop loop = new CrashLoop();
    private int restarts;
    private int outOfMemory;
    private boolean outOfMemoryTold;
    private Optional<Exit> lastExit = Optional.empty();
    private Optional<Long> signalledAt = Optional.empty();
    private boolean endExpected;

    Life(String containerId) {
      this.containerId = containerId;
    }
  }

  /**
   * Takes in an event. Reads the app's record.
   *
   * @throws java.io.UncheckedIOException if the disk does not give that
   */
  void heard(AppEvent event) {
    Optional<AppRecord> app =
        records.apply(event.appId()).filter(a -> a.state() == AppRecord.State.RUNNING);
    Optional<String> current = app.flatMap(AppRecord::current).flatMap(AppDeployment::containerId);
    if (current.isPresent() && current.get().equals(event.containerId())) {
      note(app.get(), event);
    }
  }

  private synchronized void note(AppRecord app, AppEvent event) {
    Life life = life(app.appId(), event.containerId());
    switch (event.kind()) {
      case SIGNALLED -> life.signalledAt = Optional.of(nanoTime.getAsLong());
      case DIED -> died(app, life, event);
      case OUT_OF_MEMORY -> {
        life.outOfMemoryTold = true;
        countOutOfMemory(life);
      }
      case UNHEALTHY -> unhealthy.increment();
    }
  }

  private void countOutOfMemory(Life life) {
    life.outOfMemory++;
    outOfMemory.increment();
  }

  private void died(AppRecord app, Life life, AppEvent event) {
    long now = nanoTime.getAsLong();
    boolean signalled = life.signalledAt.map(at -> now - at <= ENDS_WITHIN.toNanos()).orElse(false);
    boolean expected = signalled && life.endExpected;
    // a busy engine misses kills for memory; what a script hands on of its child's is counted too
    if (event.exitCode() == ExitCodes.KILLED && !signalled && !life.outOfMemoryTold) {
      countOutOfMemory(life);
    }
    life.outOfMemoryTold = false;
    life.signalledAt = Optional.empty();
    life.endExpected = false;
    life.lastExit = Optional.of(new Exit(event.exitCode(), event.at()));
    if (expected) {
      return;
    }
    deaths.increment();
    // the engine does not start again what it was told to end
    if (!signalled) {
      life.restarts++;
      if (life.loop.restarted(now)) {
        log.warn(
            "App {} ({}) is in a crash loop: it ended {} times within {} minutes, last with exit"
                + " code {}{}; 'skypanel-worker logs {}' shows what it printed",
            app.name(),
            app.appId(),
            CrashLoop.RESTARTS,
            CrashLoop.WITHIN.toMinutes(),
            event.exitCode(),
            life.outOfMemory > 0 ? " (it was out of memory)" : "",
            app.appId());
      }
    }
  }

  private Life life(String appId, String containerId) {
    return lives.compute(
        appId,
        (id, before) ->
            before != null && before.containerId.equals(containerId)
                ? before
                : new Life(containerId));
  }

  /** The worker is about to end this container, which runs on afterwards: that is no death. */
  synchronized void expectEnd(String appId, String containerId) {
    life(appId, containerId).endExpected = true;
  }

  /** Begins anew with an app. */
  synchronized void forget(String appId) {
    lives.remove(appId);
  }

  /** What happened to this container, if it is the app's current one. */
  public synchronized Figures figures(String appId, String containerId) {
    Life life = lives.get(appId);
    return life == null || !life.containerId.equals(containerId)
        ? Figures.NONE
        : new Figures(
            life.restarts, life.outOfMemory, life.lastExit, life.loop.isOn(nanoTime.getAsLong()));
  }

  private synchronized long crashLooping() {
    long now = nanoTime.getAsLong();
    return lives.values().stream().filter(life -> life.loop.isOn(now)).count();
  }
}
