package io.skypanel.worker.intake;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Phase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.Variable;

/**
 * Stops a build that takes longer than its limit, by the monotonic clock: a jump of the wall clock
 * fires nothing. Thread-safe.
 */
public final class BuildTimer {
  private final Duration limit;
  private final ScheduledExecutorService clock;
  private final Function<Build, Phase> phaseOf;
  private final Map<String, Future<?>> running = new ConcurrentHashMap<>();

  /**
   * @param phaseOf where a build is, to name the stage in the reason
   */
  public BuildTimer(
      Duration limit, ScheduledExecutorService clock, Function<Build, Phase> phaseOf) {
    this.limit = limit;
    this.clock = clock;
    this.phaseOf = phaseOf;
  }

  /** Starts the build's time. */
  public void start(@Variable("build") Build build) {
    running.put(
        build.job().deploymentId(),
        clock.schedule(() -> expire(build), limit.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Ends it. */
  public void cancel(@Variable("build") Build build) {
    Future<?> timer = running.remove(build.job().deploymentId());
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void expire(Build build) {
    String stage = phaseOf.apply(build).label();
    build
        .stop()
        .stop(
            new BuildFailure.TimedOut(
                "Stopped in stage "
                    + stage
                    + ": the build took longer than its limit of "
                    + limit.toMinutes()
                    + (limit.toMinutes() == 1 ? " minute" : " minutes")
                    + " (BUILD_TIMEOUT_MINUTES)"));
  }
}
