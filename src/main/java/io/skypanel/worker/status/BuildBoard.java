package io.skypanel.worker.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** The builds that run and the last that ended, and their figures. Thread-safe. */
public final class BuildBoard implements BuildsMXBean {
  private static final int REMEMBERED = 50;

  private final MeterRegistry meters;
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final Deque<Ended> recent = new ArrayDeque<>();

  public BuildBoard(MeterRegistry meters) {
    this.meters = meters;
  }

  /**
   * A build in flight.
   *
   * @param build the build
   * @param startedAt when it was claimed
   */
  public record Running(Build build, Instant startedAt) {}

  /**
   * A build that ended.
   *
   * @param outcome how
   * @param startedAt when it was claimed
   * @param endedAt when it ended
   */
  public record Ended(Outcome outcome, Instant startedAt, Instant endedAt) {}

  /** A build was claimed. */
  public synchronized void started(@Variable("build") Build build) {
    Instant now = Instant.now();
    running.put(build.job().deploymentId(), new Running(build, now));
    build
        .job()
        .createdAt()
        .map(created -> Duration.between(created, now))
        .filter(wait -> !wait.isNegative())
        .ifPresent(wait -> meters.timer("skypanel.queue.wait").record(wait));
  }

  /** It ended. */
  public synchronized void ended(@Body Outcome outcome) {
    Instant now = Instant.now();
    Running was = running.remove(outcome.job().deploymentId());
    recent.addFirst(new Ended(outcome, was == null ? now : was.startedAt(), now));
    if (recent.size() > REMEMBERED) {
      recent.removeLast();
    }
    String fault = outcome.fault().orElse("none");
    meters
        .counter("skypanel.builds", "outcome", outcome.result().status(), "fault", fault)
        .increment();
    outcome
        .stageDurations()
        .forEach(
            (phase, took) ->
                meters.timer("skypanel.stage.duration", "stage", phase.label()).record(took));
  }

  @Override
  public synchronized List<String> getRunning() {
    return List.copyOf(running.keySet());
  }

  @Override
  public boolean cancel(String deploymentId) {
    return stop(deploymentId, new BuildFailure.Cancelled("The build was cancelled"));
  }

  /** Stops a build for that reason; false if no such build runs. */
  public boolean stop(String deploymentId, BuildFailure why) {
    Running found;
    synchronized (this) {
      found = running.get(deploymentId);
    }
    if (found != null) {
      found.build().stop().stop(why);
    }
    return found != null;
  }

  /** The builds in flight, oldest first. */
  public synchronized List<Running> running() {
    return List.copyOf(running.values());
  }

  /** The last builds that ended, newest first. */
  public synchronized List<Ended> recent() {
    return List.copyOf(recent);
  }
}
