package io.skypanel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Lets work on the engine survive a restart of the engine: what failed because it went away is done
 * again when it is back. Thread-safe.
 */
public final class EngineRetry {
  private static final Duration LOOK = Duration.ofMillis(500);

  /** A stopping engine kills what it runs before it stops to answer. */
  private static final Duration GOING_AWAY = Duration.ofSeconds(6);

  /** An engine that stops still answers for a while. */
  private static final Duration STEADY = Duration.ofSeconds(2);

  private static final int ATTEMPTS = 3;

  /**
   * How what a stopping engine ends may be told: a step of a build is killed; an app gets SIGTERM
   * first, and many handle that and exit with 0, or with 128 and the signal's number. A RUN that
   * failed without an exit code did so in the engine, in any words.
   */
  private static final Pattern KILLED =
      Pattern.compile(
          "exit code (137|143)\\b|exited with code (0|1[2-5]\\d)\\b|^RUN\\b.* failed \\(step ");

  /**
   * A step whose container a stopping engine was just making ends with 1, as do most failures of
   * the customers' own: these must not wait long for their end.
   */
  private static final Pattern MAY_NOT_HAVE_BEGUN =
      Pattern.compile("^RUN\\b.* failed with exit code 1\\b", Pattern.DOTALL);

  private static final Duration SHORT_LOOK = Duration.ofSeconds(3);

  private final Supplier<Optional<String>> incarnation;
  private final Duration patience;

  /**
   * @param incarnation tells one run of the engine from the next; empty while it is away
   * @param patience how long the engine may be away
   */
  public EngineRetry(Supplier<Optional<String>> incarnation, Duration patience) {
    this.incarnation = incarnation;
    this.patience = patience;
  }

  /** For the engine behind {@code docker}. */
  public static EngineRetry on(DockerClient docker, Duration patience) {
    return new EngineRetry(() -> incarnation(docker), patience);
  }

  /** Work that uses the engine; may be done twice. */
  public interface Work<T> {
    /** Does it. */
    T run() throws BuildFailure;
  }

  /**
   * Does {@code work}, and once more if it failed because the engine was restarted. What an engine
   * on its way down still began, and then broke off, does not count.
   *
   * @throws BuildFailure the work's own, or a worker's fault that says that the engine is away
   */
  public <T> T run(Build build, Work<T> work) throws BuildFailure {
    boolean restarted = false;
    for (int attempt = 1; ; attempt++) {
      Optional<String> before = incarnation.get();
      try {
        return work.run();
      } catch (BuildFailure failure) {
        build.stop().check();
        if (restarted || attempt == ATTEMPTS || !wentAway(before, goesWithin(failure), build)) {
          throw failure;
        }
        build
            .progress()
            .warn("The Docker engine went away; this stage begins again when it is back");
        restarted = !awaitReturn(build, failure).equals(before);
      }
    }
  }

  /** How long the engine may take to go away after such a failure; zero: it is not the engine's. */
  private static Duration goesWithin(BuildFailure failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof BuildFailure.WorkerFault || KILLED.matcher(message).find()) {
      return GOING_AWAY;
    }
    return MAY_NOT_HAVE_BEGUN.matcher(message).find() ? SHORT_LOOK : Duration.ZERO;
  }

  private boolean wentAway(Optional<String> before, Duration within, Build build)
      throws BuildFailure {
    long giveUp = System.nanoTime() + within.toNanos();
    while (System.nanoTime() - giveUp < 0) {
      Optional<String> now = incarnation.get();
      if (now.isEmpty() || !now.equals(before)) {
        return true;
      }
      build.stop().pause(LOOK);
    }
    return false;
  }

  private Optional<String> awaitReturn(Build build, BuildFailure failure) throws BuildFailure {
    long giveUp = System.nanoTime() + patience.toNanos();
    Optional<String> last = Optional.empty();
    long sinceNanos = System.nanoTime();
    while (true) {
      Optional<String> now = incarnation.get();
      if (!now.equals(last)) {
        last = now;
        sinceNanos = System.nanoTime();
      }
      if (now.isPresent() && System.nanoTime() - sinceNanos >= STEADY.toNanos()) {
        return now;
      }
      if (now.isEmpty() && System.nanoTime() - giveUp >= 0) {
        throw new BuildFailure.WorkerFault(
            "The Docker engine went away during the build and was not back within "
                + patience.toSeconds()
                + " s; deploy again when it runs",
            failure);
      }
      build.stop().pause(LOOK);
    }
  }

  /** The engine makes its bridge network anew at each start; its API has no other sign of that. */
  private static Optional<String> incarnation(DockerClient docker) {
    try {
      return docker.listNetworksCmd().withNameFilter("bridge").exec().stream()
          .filter(network -> network.getName().equals("bridge"))
          .map(network -> network.getId())
          .findFirst()
          .or(() -> Optional.of("no bridge"));
    } catch (RuntimeException away) {
      return Optional.empty();
    }
  }
}
