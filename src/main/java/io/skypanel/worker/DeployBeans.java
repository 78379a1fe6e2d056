package io.skypanel.worker;

import com.github.dockerjava.api.exception.NotFoundException;
import io.micrometer.core.instrument.MeterRegistry;
import io.skypanel.worker.apps.AppControl;
import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.apps.Rollback;
import io.skypanel.worker.checkout.WorkspaceRemover;
import io.skypanel.worker.cleanup.LeftoverImages;
import io.skypanel.worker.deploy.AppAddresses;
import io.skypanel.worker.deploy.DeployApp;
import io.skypanel.worker.deploy.DockerTarget;
import io.skypanel.worker.deploy.KeepApps;
import io.skypanel.worker.deploy.Retirement;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.ingress.CaddyIngress;
import io.skypanel.worker.ingress.Ingress;
import io.skypanel.worker.ingress.WaitingConnections;
import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Serving;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.recovery.RemoveRemains;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.report.Outbox;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wiring of what runs apps: their records, the step {@code deploy}, and what comes after. */
final class DeployBeans {
  private static final Logger log = LoggerFactory.getLogger(DeployBeans.class);

  final AppRecords records;
  final Launches launches;
  final AppNetworks networks;
  private final DockerTarget target;
  private final DockerEngine engine;
  private final Map<String, Object> byName;
  private final AppLocks locks = new AppLocks();
  private final AppAddresses addresses;

  DeployBeans(
      WorkerSettings settings,
      String workerId,
      DockerEngine engine,
      EngineRetry engineRetry,
      Supplier<String> ownAddress,
      AppRecords records,
      Intake intake,
      Outbox outbox) {
    this.engine = engine;
    this.records = records;
    launches = new Launches(settings.stateDir());
    networks = new AppNetworks(engine, settings.docker(), workerId, settings.isolation().pool());
    target = new DockerTarget(engine, settings.docker(), networks);
    Optional<Ingress> ingress =
        settings.deploy().ingress().map(caddy -> new CaddyIngress(caddy, workerId));
    if (ingress.isPresent()) {
      WaitingConnections.warning(WaitingConnections.SETTING).ifPresent(log::warn);
    }
    addresses = new AppAddresses(settings, ingress, records, ownAddress);
    var retirement =
        new Retirement(
            target,
            records,
            locks,
            addresses,
            settings.deploy().retireAfter(),
            id -> intake.deploymentsInFlight().contains(id),
            outbox::holds);
    byName =
        Map.of(
            "deploy",
            new DeployApp(
                settings,
                workerId,
                target,
                records,
                locks,
                addresses,
                retirement,
                DeployApp.LISTEN_WITHIN,
                engineRetry),
            "retirement",
            retirement,
            "keepApps",
            new KeepApps(target, records, locks, addresses),
            "rollback",
            new Rollback(launches, records, this::isInEngine));
  }

  /** The beans by the names that the routes use. */
  Map<String, Object> byName() {
    return byName;
  }

  /** What watches the apps and acts on them. */
  AppBeans living(
      String workerId,
      MeterRegistry meters,
      Intake intake,
      LeftoverImages leftovers,
      StartRollback.Queue queue,
      Redaction redaction) {
    return new AppBeans(
        engine,
        workerId,
        records,
        locks,
        networks,
        meters,
        new AppControl.Surroundings(
            addresses::follow,
            intake::isAppInFlight,
            leftovers,
            launches::forget,
            new StartRollback(launches, intake, this::isInEngine, queue)),
        redaction);
  }

  /** Removes what a build of an earlier run left half done. */
  RemoveRemains removeRemains(Path workspaceDir, String workerId, WorkspaceRemover workspaces) {
    return new RemoveRemains(
        workspaces, workspaceDir, target, records, launches, engine.client(), workerId);
  }

  boolean isInEngine(BuiltImage image) {
    try {
      engine.client().inspectImageCmd(image.id()).exec();
      return true;
    } catch (NotFoundException gone) {
      return false;
    }
  }

  /** What serves of a build's app; a result without it is better than none. */
  static Optional<Serving> serving(AppRecords records, BuildJob job) {
    try {
      return records.find(job.appId()).flatMap(AppRecord::serving);
    } catch (UncheckedIOException e) {
      log.warn("What serves of {} can't be told: {}", job, e.getMessage());
      return Optional.empty();
    }
  }
}
