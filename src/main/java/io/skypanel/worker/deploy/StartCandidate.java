package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.settings.AppLimits;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the new version: beside the old one on the app's other port, or, where the two would share
 * volumes, in its place. Thread-safe.
 */
final class StartCandidate {
  private static final Logger log = LoggerFactory.getLogger(StartCandidate.class);
  private static final int PORT_ATTEMPTS = 5;

  private final WorkerSettings settings;
  private final String workerId;
  private final DeployTarget target;
  private final AppRecords records;
  private final AppAddresses addresses;
  private final HostPorts ports;
  private final Duration listenWithin;

  /** Containers that made way and are in no record, by app; for who holds the app. */
  private final Map<String, List<String>> unrecorded = new ConcurrentHashMap<>();

  StartCandidate(
      WorkerSettings settings,
      String workerId,
      DeployTarget target,
      AppRecords records,
      AppAddresses addresses,
      Duration listenWithin) {
    this.settings = settings;
    this.workerId = workerId;
    this.target = target;
    this.records = records;
    this.addresses = addresses;
    this.ports = new HostPorts(settings.appPorts(), records, this::bindable);
    this.listenWithin = listenWithin;
  }

  /** A container that an earlier run of the worker had started when it was killed. */
  Candidate takeUp(DeployTarget.Version running, BuiltImage image, BuildJob job)
      throws BuildFailure {
    return new Candidate(
        spec(image, job, target.describe(image), running.hostPort()), running.id());
  }

  Candidate start(BuiltImage image, Build build) throws BuildFailure {
    BuildJob job = build.job();
    ImageFacts facts = target.describe(image);
    warnOfLimits(image.run(), build.progress());
    if (image.run().process() == RunPlan.Process.WORKER) {
      return startWorker(spec(image, job, facts, OptionalInt.empty()), build);
    }
    Set<Integer> refused = new LinkedHashSet<>();
    Optional<PortTaken> last = Optional.empty();
    while (refused.size() < PORT_ATTEMPTS) {
      build.stop().check();
      int hostPort = ports.choose(job.appId(), target.takenPorts(), refused, addresses.areStable());
      try {
        ContainerSpec spec = spec(image, job, facts, OptionalInt.of(hostPort));
        Candidate candidate = start(spec, build);
        build
            .progress()
            .info(
                "Started "
                    + spec.name()
                    + ", its port "
                    + spec.containerPort()
                    + " published on "
                    + hostPort);
        return candidate;
      } catch (PortTaken e) {
        log.debug("Host port {} was refused: {}", hostPort, e.getMessage());
        refused.add(hostPort);
        last = Optional.of(e);
      }
    }
    throw new BuildFailure.WorkerFault(
        "The engine refused the host ports "
            + refused
            + " ("
            + last.map(Throwable::getMessage).orElse("")
            + "); set APP_PORT_RANGE to ports that nothing else uses",
        last.orElse(null));
  }

  private void warnOfLimits(RunPlan run, Progress progress) {
    AppLimits limits = settings.appLimits();
    if (run.memoryBytes().orElse(0) > limits.maxMemoryBytes()) {
      progress.warn(
          "The app's memory is limited to "
              + (limits.maxMemoryBytes() >> 20)
              + " MiB, which is this worker's APP_MAX_MEMORY");
    }
    if (run.cpus().orElse(0) > limits.maxCpus()) {
      progress.warn(
          "The app's processors are limited to "
              + limits.maxCpus()
              + ", which is this worker's APP_MAX_CPUS");
    }
  }

  private Candidate startWorker(ContainerSpec spec, Build build) throws BuildFailure {
    try {
      Candidate candidate = start(spec, build);
      build.progress().info("Started " + spec.name() + ", a worker without a port");
      return candidate;
    } catch (PortTaken e) {
      throw new BuildFailure.WorkerFault("An app without a port was refused one: " + e, e);
    }
  }

  private Candidate start(ContainerSpec spec, Build build) throws BuildFailure, PortTaken {
    Candidate candidate = target.create(spec);
    if (!spec.volumes().isEmpty()) {
      makeWay(candidate, build);
    }
    target.start(candidate);
    return candidate;
  }

  /** Two versions that write to one volume would harm the app's data. */
  private void makeWay(Candidate candidate, Build build) throws BuildFailure {
    String appId = build.job().appId();
    Optional<AppDeployment> current = records.find(appId).flatMap(AppRecord::current);
    if (current.isPresent()) {
      build.progress().info("Stopping the version before, since both use the app's volumes");
      records.update(
          appId,
          app -> app.state() == AppRecord.State.STOPPED ? app : app.in(AppRecord.State.MAKING_WAY));
    }
    for (DeployTarget.Version older : target.others(appId, candidate.id())) {
      if (older.runs() && current.flatMap(AppDeployment::containerId).isEmpty()) {
        unrecorded.computeIfAbsent(appId, id -> new ArrayList<>()).add(older.id());
      }
      target.stop(older.id());
    }
  }

  /** Starts again what made way and stands in no record, as after a loss of the state folder. */
  void restore(String appId) throws BuildFailure {
    for (String id : unrecorded.getOrDefault(appId, List.of())) {
      target.resume(id);
    }
    forget(appId);
  }

  /** What made way is not needed any more. */
  void forget(String appId) {
    unrecorded.remove(appId);
  }

  private ContainerSpec spec(BuiltImage image, BuildJob job, ImageFacts facts, OptionalInt hostPort)
      throws BuildFailure {
    String slug =
        records
            .find(job.appId())
            .flatMap(AppRecord::address)
            .map(AppRecord.Address::slug)
            .orElse("");
    Placement placement = new Placement(slug, addresses.hostAddress(), hostPort);
    return ContainerSpec.compile(image, job, facts, settings, workerId, placement, listenWithin);
  }

  /** Whether no other program of this machine has the port; elsewhere only the engine knows. */
  private boolean bindable(int port) {
    if (!settings.docker().isLocal()) {
      return true;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(addresses.hostAddress(), port));
      return true;
    } catch (BindException e) {
      // any other reason (an address that is not this container's, a low port) is no verdict
      return !String.valueOf(e.getMessage()).contains("in use");
    } catch (IOException e) {
      return true;
    }
  }
}
