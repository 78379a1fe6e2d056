package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.deploy.DeployTarget.Verdict;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code deploy}: starts the new version beside the old one, waits until it is up, and
 * only then takes the old one away. A version that does not come up leaves the old one as it was.
 * Thread-safe; deployments of one app wait for each other.
 */
public final class DeployApp {
  /** How long an app without a HEALTHCHECK may take to listen, in production. */
  public static final Duration LISTEN_WITHIN = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(DeployApp.class);
  private static final int PORT_ATTEMPTS = 5;

  private final WorkerSettings settings;
  private final String workerId;
  private final DeployTarget target;
  private final AppRecords records;
  private final AppLocks locks;
  private final HostPorts ports;
  private final Supplier<String> ownAddress;
  private final Duration listenWithin;
  private final EngineRetry retry;

  /**
   * Deploys to {@code target}.
   *
   * @param workerId labels what is made
   * @param locks shared with whatever else starts or stops apps
   * @param ownAddress this machine's address, as the customer reaches it; asked at each deployment
   * @param listenWithin after this long an app that runs but listens nowhere is deployed with a
   *     warning; {@link #LISTEN_WITHIN} in production
   * @param retry deploys again when the engine was restarted meanwhile
   */
  public DeployApp(
      WorkerSettings settings,
      String workerId,
      DeployTarget target,
      AppRecords records,
      AppLocks locks,
      Supplier<String> ownAddress,
      Duration listenWithin,
      EngineRetry retry) {
    this.settings = settings;
    this.workerId = workerId;
    this.target = target;
    this.records = records;
    this.locks = locks;
    this.ports = new HostPorts(settings.appPorts(), records, this::bindable);
    this.ownAddress = ownAddress;
    this.listenWithin = listenWithin;
    this.retry = retry;
  }

  /**
   * Makes {@code image} the app's running version. Blocks until it serves and its predecessor is
   * gone. A stop of the build ends it within seconds and removes the new container, until that has
   * been promoted; from then on the deployment is done, and only its predecessor's removal is
   * waited for.
   *
   * @throws BuildFailure why the app does not run; its predecessor does as before
   */
  public Deployment deploy(@Body BuiltImage image, @Variable("build") Build build)
      throws BuildFailure {
    build.progress().entered(Phase.DEPLOY);
    Runnable waiting =
        () -> build.progress().info("Waiting for this app's other deployment to end");
    try (AppLocks.Held held = locks.acquire(build.job().appId(), build.stop(), waiting)) {
      return retry.run(build, () -> replace(image, build));
    }
  }

  private Deployment replace(BuiltImage image, Build build) throws BuildFailure {
    BuildJob job = build.job();
    build.stop().check();
    Optional<DeployTarget.Running> running = target.find(job);
    if (running.isEmpty()) {
      target.rollBack(job);
    }
    boolean serves = false;
    Candidate candidate;
    Verdict verdict;
    try {
      candidate = running.isPresent() ? takeUp(running.get(), image, job) : start(image, build);
      verdict = target.probe(candidate, build.progress(), build.stop());
      build.stop().check();
      target.promote(candidate);
      AppDeployment served = entry(image, job, Optional.of(candidate));
      records.update(job.appId(), app -> app.with(served));
      serves = true;
    } catch (UncheckedIOException e) {
      throw new BuildFailure.WorkerFault(e.getMessage(), e);
    } finally {
      if (!serves) {
        undo(image, build);
      }
    }
    return conclude(image, build, candidate, verdict);
  }

  /** A container that an earlier run of the worker had started when it was killed. */
  private Candidate takeUp(DeployTarget.Running running, BuiltImage image, BuildJob job)
      throws BuildFailure {
    ImageFacts facts = target.describe(image);
    ContainerSpec spec =
        ContainerSpec.compile(
            image, job, facts, settings, workerId, running.hostPort(), listenWithin);
    return new Candidate(spec, running.id());
  }

  private Candidate start(BuiltImage image, Build build) throws BuildFailure {
    BuildJob job = build.job();
    ImageFacts facts = target.describe(image);
    if (image.run().process() == RunPlan.Process.WORKER) {
      return startWorker(image, facts, build);
    }
    Set<Integer> refused = new LinkedHashSet<>();
    Optional<PortTaken> last = Optional.empty();
    while (refused.size() < PORT_ATTEMPTS) {
      build.stop().check();
      int hostPort = ports.choose(job.appId(), target.takenPorts(), refused);
      ContainerSpec spec =
          ContainerSpec.compile(
              image, job, facts, settings, workerId, OptionalInt.of(hostPort), listenWithin);
      try {
        Candidate candidate = target.start(spec);
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
        LOG.debug("Host port {} was refused: {}", hostPort, e.getMessage());
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

  private Candidate startWorker(BuiltImage image, ImageFacts facts, Build build)
      throws BuildFailure {
    ContainerSpec spec =
        ContainerSpec.compile(
            image, build.job(), facts, settings, workerId, OptionalInt.empty(), listenWithin);
    try {
      Candidate candidate = target.start(spec);
      build.progress().info("Started " + spec.name() + ", a worker without a port");
      return candidate;
    } catch (PortTaken e) {
      throw new BuildFailure.WorkerFault("An app without a port was refused one: " + e, e);
    }
  }

  private Deployment conclude(BuiltImage image, Build build, Candidate candidate, Verdict verdict) {
    ContainerSpec spec = candidate.spec();
    Optional<String> warning =
        verdict == Verdict.UP
            ? Optional.empty()
            : Optional.of(
                "The app runs, but nothing listens on its port "
                    + spec.containerPort()
                    + " after "
                    + spec.readiness().within().toSeconds()
                    + " s; if it is a web app, it must listen on 0.0.0.0 and the port in PORT");
    warning.ifPresent(build.progress()::warn);
    try {
      target.retire(build.job(), candidate);
    } catch (BuildFailure e) {
      // the new version serves, and clean-up tries again
      build.progress().warn(e.getMessage());
    }
    String host = ownAddress.get();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    Optional<String> url =
        spec.hostPort().stream().mapToObj(p -> "http://" + shown + ":" + p).findFirst();
    build
        .progress()
        .info(url.map(u -> "Live at " + u).orElse("Running, as a worker without a port"));
    return new Deployment(image, candidate.id(), spec.name(), host, spec.hostPort(), url, warning);
  }

  /** Clears up a deployment that failed; that fails itself only into the log. */
  private void undo(BuiltImage image, Build build) {
    BuildJob job = build.job();
    // the engine's connection refuses to work for an interrupted thread
    boolean interrupted = Thread.interrupted();
    try {
      target.rollBack(job);
    } catch (BuildFailure e) {
      build.progress().warn(e.getMessage());
    }
    AppDeployment failed = entry(image, job, Optional.empty());
    if (!records.updateSoon(job.appId(), app -> app.with(failed))) {
      LOG.warn("The record of {} is written when the disk takes it", job);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static AppDeployment entry(BuiltImage image, BuildJob job, Optional<Candidate> served) {
    return new AppDeployment(
        job.deploymentId(),
        image.checkout().commit().sha(),
        image.ref().toString(),
        image.id(),
        image.intermediates(),
        served.map(Candidate::id),
        ImageRef.containerName(job),
        served.isPresent() ? served.get().spec().hostPort() : OptionalInt.empty(),
        Instant.now(),
        served.isPresent(),
        true,
        Optional.empty());
  }

  /** Whether no other program of this machine has the port; elsewhere only the engine knows. */
  private boolean bindable(int port) {
    if (!settings.docker().isLocal()) {
      return true;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(settings.appBind(), port));
      return true;
    } catch (BindException e) {
      // any other reason (an address that is not this container's, a low port) is no verdict
      return !String.valueOf(e.getMessage()).contains("in use");
    } catch (IOException e) {
      return true;
    }
  }
}
