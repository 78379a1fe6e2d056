package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.deploy.DeployTarget.Verdict;
import io.skypanel.worker.deploy.DeployTarget.Version;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code deploy}: starts the new version beside the old one, waits until it is up and
 * stays so, and then moves the app's address to it; the old one goes later ({@link Retirement}). A
 * version that does not come up leaves the old one as it was. Thread-safe; deployments of one app
 * wait for each other.
 */
public final class DeployApp {
  /** How long an app without a HEALTHCHECK may take to listen, in production. */
  public static final Duration LISTEN_WITHIN = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(DeployApp.class);

  private final DeployTarget target;
  private final AppRecords records;
  private final AppLocks locks;
  private final AppAddresses addresses;
  private final Retirement retirement;
  private final StartCandidate starting;
  private final EngineRetry retry;

  /**
   * Deploys to {@code target}.
   *
   * @param workerId labels what is made
   * @param locks shared with whatever else starts or stops apps
   * @param listenWithin after this long an app that runs but listens nowhere is deployed with a
   *     warning, or fails where somebody relies on it; {@link #LISTEN_WITHIN} in production
   * @param retry deploys again when the engine was restarted meanwhile
   */
  public DeployApp(
      WorkerSettings settings,
      String workerId,
      DeployTarget target,
      AppRecords records,
      AppLocks locks,
      AppAddresses addresses,
      Retirement retirement,
      Duration listenWithin,
      EngineRetry retry) {
    this.target = target;
    this.records = records;
    this.locks = locks;
    this.addresses = addresses;
    this.retirement = retirement;
    this.starting =
        new StartCandidate(settings, workerId, target, records, addresses, listenWithin);
    this.retry = retry;
  }

  /**
   * Makes {@code image} the app's running version. Blocks until it serves. A stop of the build ends
   * it within seconds and removes the new container, until the app's address has moved; from then
   * on the deployment is done.
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
    DeploymentHistory history = new DeploymentHistory(image, job);
    build.stop().check();
    Optional<Version> running = target.find(job);
    Optional<AppRecord> before = records.find(job.appId());
    if (history.isCurrent(before) && running.isPresent()) {
      // an earlier run of the worker was killed when this was done; an ingress that is away is put
      // in line when it is back
      attempt(build, () -> addresses.point(job.appId()));
      Candidate serving = starting.takeUp(running.get(), image, job);
      return conclude(image, build, serving, before.get(), Optional.empty());
    }
    boolean serves = false;
    Candidate candidate;
    Optional<String> warning;
    AppRecord app;
    try {
      if (running.isEmpty()) {
        target.rollBack(job);
      }
      addresses.allot(job, image.run());
      if (running.isEmpty() && addresses.areStable()) {
        retirement.finish(build);
      }
      candidate =
          running.isPresent()
              ? starting.takeUp(running.get(), image, job)
              : starting.start(image, build);
      Verdict verdict = target.probe(candidate, build.progress(), build.stop());
      warning = judge(verdict, candidate, job);
      build.stop().check();
      target.promote(candidate);
      List<Version> others = target.others(job.appId(), candidate.id());
      app =
          records.update(
              job.appId(),
              old ->
                  history.served(
                      old,
                      candidate,
                      verdict == Verdict.UP,
                      addresses.url(old, candidate.spec().hostPort()),
                      others));
      addresses.point(job.appId());
      serves = true;
    } catch (UncheckedIOException e) {
      throw new BuildFailure.WorkerFault(e.getMessage(), e);
    } finally {
      if (!serves) {
        undo(history, build, before);
      }
    }
    return conclude(image, build, candidate, app, warning);
  }

  /** An app that was not found listening may be a bot, unless somebody relies on its address. */
  private Optional<String> judge(Verdict verdict, Candidate candidate, BuildJob job)
      throws BuildFailure {
    if (verdict == Verdict.UP) {
      return Optional.empty();
    }
    ContainerSpec spec = candidate.spec();
    boolean isReliedOn =
        addresses.areStable()
            || records
                .find(job.appId())
                .flatMap(AppRecord::current)
                .filter(AppDeployment::listened)
                .isPresent();
    if (verdict == Verdict.OUT_OF_REACH) {
      String unknown =
          "The app runs, but this worker can't reach it, so nobody knows whether it answers on its"
              + " port "
              + spec.containerPort()
              + "; start the worker's container with --network host";
      if (isReliedOn || spec.readiness() instanceof Readiness.Answering) {
        throw new BuildFailure.WorkerFault(unknown, null);
      }
      return Optional.of(unknown);
    }
    String found =
        "nothing listens on its port "
            + spec.containerPort()
            + " after "
            + spec.readiness().within().toSeconds()
            + " s; ";
    if (isReliedOn) {
      throw new BuildFailure.UserFault(
          "The app runs, but "
              + found
              + "it must listen on 0.0.0.0 and the port in PORT, or say that its process is a"
              + " worker");
    }
    return Optional.of(
        "The app runs, but "
            + found
            + "if it is a web app, it must listen on 0.0.0.0 and the port in PORT");
  }

  private Deployment conclude(
      BuiltImage image, Build build, Candidate candidate, AppRecord app, Optional<String> warning) {
    ContainerSpec spec = candidate.spec();
    warning.ifPresent(build.progress()::warn);
    retirement.note(app);
    starting.forget(app.appId());
    attempt(build, () -> retirement.hurry(app.appId(), !spec.volumes().isEmpty()));
    Optional<String> url = addresses.url(app, spec.hostPort());
    build
        .progress()
        .info(url.map(u -> "Live at " + u).orElse("Running, as a worker without a port"));
    return new Deployment(
        image, candidate.id(), spec.name(), addresses.host(), spec.hostPort(), url, warning);
  }

  /** Clears up a deployment that failed; that fails itself only into the log. */
  private void undo(DeploymentHistory history, Build build, Optional<AppRecord> before) {
    BuildJob job = build.job();
    // the engine's connection refuses to work for an interrupted thread
    boolean interrupted = Thread.interrupted();
    if (!records.updateSoon(job.appId(), app -> history.failed(app, before))) {
      log.warn("The record of {} is written when the disk takes it", job);
    }
    // if its address had moved already, it moves back before the new version goes
    attempt(build, () -> addresses.point(job.appId()));
    attempt(build, () -> target.rollBack(job));
    attempt(build, () -> KeepApps.bringBack(target, records, job.appId()));
    attempt(build, () -> starting.restore(job.appId()));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void run() throws BuildFailure;
  }

  private static void attempt(Build build, Step step) {
    try {
      step.run();
    } catch (BuildFailure | UncheckedIOException e) {
      build.progress().warn(e.getMessage());
    }
  }
}
