package io.skypanel.worker.deploy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.network.AppNetwork;
import io.skypanel.worker.settings.AppLimits;
import io.skypanel.worker.settings.WorkerSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Everything about a container, decided before the engine is asked for anything. Immutable.
 *
 * @param name {@code skypanel-app-<appId>-<deploymentId>}
 * @param imageId what runs, {@code sha256:…}
 * @param command replaces the image's own, for {@code /bin/sh -c}; empty: the image's
 * @param labels {@link Labels}
 * @param environment the app's variables; values are secrets
 * @param containerPort the TCP port that the app listens on
 * @param hostAddress the host's address it is published on
 * @param hostPort the host's port it is published on; empty: none, since it serves nothing
 * @param network the network it is on; empty: the engine's default bridge
 * @param alias a name by which others on that network find it
 * @param volumes its volumes' names at the engine, and where each is mounted
 * @param memoryBytes its memory, and with it its swap: none beyond that
 * @param nanoCpus processors, in billionths
 * @param pidsLimit processes and threads
 * @param confinement what its processes may do
 * @param logFileBytes when its log file is rotated
 * @param logFiles how many log files there are
 * @param readiness how it is told that it is up
 * @param stayUp how long it must stay so
 */
public record ContainerSpec(
    String name,
    String imageId,
    Optional<String> command,
    Map<String, String> labels,
    Map<String, String> environment,
    int containerPort,
    String hostAddress,
    OptionalInt hostPort,
    Optional<AppNetwork> network,
    Optional<String> alias,
    Map<String, String> volumes,
    long memoryBytes,
    long nanoCpus,
    int pidsLimit,
    Confinement confinement,
    long logFileBytes,
    int logFiles,
    Readiness readiness,
    Duration stayUp) {

  private static final int DEFAULT_PORT = 3000;
  private static final int PIDS_LIMIT = 512;
  private static final long LOG_FILE_BYTES = 10_000_000; // what Docker's own "10m" means
  private static final int LOG_FILES = 3;
  private static final double NANO = 1e9;

  /** What serves nothing is up when it has run for so long. */
  private static final Duration STAYS_UP = Duration.ofSeconds(3);

  public ContainerSpec {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    volumes = Collections.unmodifiableMap(new TreeMap<>(volumes));
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /**
   * Compiles the container of a deployment. Pure.
   *
   * @param placement chosen by the caller
   * @param listenWithin how long an app without a HEALTHCHECK may take to listen
   * @throws BuildFailure.UserFault if the job's PORT is no port
   */
  public static ContainerSpec compile(
      BuiltImage image,
      BuildJob job,
      ImageFacts facts,
      WorkerSettings settings,
      String workerId,
      Placement placement,
      Duration listenWithin)
      throws BuildFailure {
    RunPlan run = image.run();
    AppLimits limits = settings.appLimits();
    int port = run.port().orElse(DEFAULT_PORT);
    if (run.port().isEmpty() && run.process() == RunPlan.Process.WEB) {
      port = containerPort(job, facts);
    }
    Map<String, String> environment = new LinkedHashMap<>(job.environment());
    if (run.port().isPresent()) {
      environment.put("PORT", Integer.toString(port));
    } else if (placement.hostPort().isPresent()) {
      environment.putIfAbsent("PORT", Integer.toString(port));
    }
    environment.putIfAbsent("NODE_ENV", "production");
    Optional<AppNetwork> network = AppNetwork.of(settings.isolation().networks(), workerId, job);
    Map<String, String> labels = labels(settings, workerId, job, port, placement);
    network.ifPresent(n -> labels.put(Labels.NETWORK, n.owner()));
    return new ContainerSpec(
        ImageRef.containerName(job),
        image.id(),
        run.command(),
        labels,
        environment,
        port,
        placement.hostAddress(),
        placement.hostPort(),
        network,
        network.map(n -> placement.slug()).filter(slug -> !slug.isEmpty()),
        volumes(job, run),
        Math.min(run.memoryBytes().orElse(limits.memoryBytes()), limits.maxMemoryBytes()),
        Math.round(Math.min(run.cpus().orElse(limits.cpus()), limits.maxCpus()) * NANO),
        PIDS_LIMIT,
        Confinement.of(settings.isolation()),
        LOG_FILE_BYTES,
        LOG_FILES,
        readiness(run, facts, settings.deploy().deployTimeout(), listenWithin),
        run.process() == RunPlan.Process.WORKER ? Duration.ZERO : settings.deploy().stayUp());
  }

  /** Names of the job's are cleaned: a label's value may be a rule of a proxy's. */
  private static Map<String, String> labels(
      WorkerSettings settings, String workerId, BuildJob job, int port, Placement placement) {
    Map<String, String> values =
        Map.of(
            "{appId}", job.appId(),
            "{appName}", ImageRef.plain(job.appName(), "app"),
            "{deploymentId}", job.deploymentId(),
            "{port}", Integer.toString(port),
            "{hostPort}",
                placement.hostPort().stream().mapToObj(Integer::toString).findFirst().orElse(""),
            "{slug}", placement.slug());
    Map<String, String> labels = new TreeMap<>();
    settings
        .deploy()
        .appLabels()
        .forEach((name, template) -> labels.put(fill(name, values), fill(template, values)));
    labels.putAll(Labels.of(workerId, job));
    return labels;
  }

  private static String fill(String template, Map<String, String> values) {
    String filled = template;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace(value.getKey(), value.getValue());
    }
    return filled;
  }

  private static Map<String, String> volumes(BuildJob job, RunPlan run) {
    Map<String, String> volumes = new TreeMap<>();
    run.volumes().forEach((name, path) -> volumes.put(ImageRef.volumeName(job, name), path));
    return volumes;
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
      RunPlan run, ImageFacts facts, Duration deployTimeout, Duration listenWithin) {
    if (run.process() == RunPlan.Process.WORKER) {
      return new Readiness.Running(STAYS_UP);
    }
    if (facts.healthcheck().isPresent()) {
      Duration decided = facts.healthcheck().get().decidedWithin();
      return new Readiness.Healthy(longer(decided, deployTimeout));
    }
    if (run.healthCheckPath().isPresent()) {
      return new Readiness.Answering(run.healthCheckPath().get(), deployTimeout);
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
    String where =
        hostPort.isPresent() ? " on " + hostAddress + ":" + hostPort.getAsInt() : " without a port";
    return name + " of " + imageId + where;
  }
}
