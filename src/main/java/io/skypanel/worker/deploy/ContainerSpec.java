package io.skypanel.worker.deploy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.WorkerSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything about a container, decided before the engine is asked for anything. Immutable.
 *
 * @param name {@code skypanel-app-<appId>-<deploymentId>}
 * @param imageId what runs, {@code sha256:…}
 * @param labels {@link Labels}
 * @param environment the app's variables; values are secrets
 * @param containerPort the TCP port that the app listens on
 * @param hostAddress the host's address it is published on
 * @param hostPort the host's port it is published on
 * @param memoryBytes its memory, and with it its swap: none beyond that
 * @param nanoCpus processors, in billionths
 * @param pidsLimit processes and threads
 * @param logFileBytes when its log file is rotated
 * @param logFiles how many log files there are
 * @param readiness how it is told that it is up
 */
public record ContainerSpec(
    String name,
    String imageId,
    Map<String, String> labels,
    Map<String, String> environment,
    int containerPort,
    String hostAddress,
    int hostPort,
    long memoryBytes,
    long nanoCpus,
    int pidsLimit,
    long logFileBytes,
    int logFiles,
    Readiness readiness) {

  private static final int DEFAULT_PORT = 3000;
  private static final int PIDS_LIMIT = 512;
  private static final long LOG_FILE_BYTES = 10_000_000; // what Docker's own "10m" means
  private static final int LOG_FILES = 3;
  private static final double NANO = 1e9;

  public ContainerSpec {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /**
   * Compiles the container of a deployment. Pure.
   *
   * @param hostPort chosen by the caller
   * @param listenWithin how long an app without a HEALTHCHECK may take to listen
   * @throws BuildFailure.UserFault if the job's PORT is no port
   */
  public static ContainerSpec compile(
      BuiltImage image,
      BuildJob job,
      ImageFacts facts,
      WorkerSettings settings,
      String workerId,
      int hostPort,
      Duration listenWithin)
      throws BuildFailure {
    int port = containerPort(job, facts);
    Map<String, String> environment = new LinkedHashMap<>(job.environment());
    environment.putIfAbsent("PORT", Integer.toString(port));
    environment.putIfAbsent("NODE_ENV", "production");
    return new ContainerSpec(
        ImageRef.containerName(job),
        image.id(),
        Labels.of(workerId, job),
        environment,
        port,
        settings.appBind().equals("localhost") ? "127.0.0.1" : settings.appBind(),
        hostPort,
        settings.appLimits().memoryBytes(),
        Math.round(settings.appLimits().cpus() * NANO),
        PIDS_LIMIT,
        LOG_FILE_BYTES,
        LOG_FILES,
        readiness(facts, settings.deployTimeout(), listenWithin));
  }

  private static int containerPort(BuildJob job, ImageFacts facts) throws BuildFailure {
    String wanted = job.environment().get("PORT");
    if (wanted == null) {
      // several are a choice that is not ours; apps then find PORT in their environment
      return facts.exposedTcpPorts().size() == 1 ? facts.exposedTcpPorts().get(0) : DEFAULT_PORT;
    }
    try {
      int port = Integer.parseInt(wanted.strip());
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // told below
    }
    throw new BuildFailure.UserFault(
        "The environment variable PORT is '"
            + wanted
            + "' and must be a number from 1 to 65535; correct or remove it");
  }

  private static Readiness readiness(
      ImageFacts facts, Duration deployTimeout, Duration listenWithin) {
    if (facts.healthcheck().isPresent()) {
      Duration decided = facts.healthcheck().get().decidedWithin();
      return new Readiness.Healthy(longer(decided, deployTimeout));
    }
    return new Readiness.Listening(
        listenWithin.compareTo(deployTimeout) < 0 ? listenWithin : deployTimeout);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** Without the environment, whose values are secrets. */
  @Override
  public String toString() {
    return name + " of " + imageId + " on " + hostAddress + ":" + hostPort;
  }
}
