package io.skypanel.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.checkout.GitCheckout;
import io.skypanel.worker.checkout.KeptCheckouts;
import io.skypanel.worker.checkout.WorkspaceRemover;
import io.skypanel.worker.cleanup.CleanUp;
import io.skypanel.worker.cleanup.LeftoverImages;
import io.skypanel.worker.egress.Resolver;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineFacts;
import io.skypanel.worker.engine.EngineHealth;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.engine.SharedDockerComponent;
import io.skypanel.worker.image.Builders;
import io.skypanel.worker.image.CutOffBuild;
import io.skypanel.worker.intake.BuildTimer;
import io.skypanel.worker.intake.Claim;
import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.intake.NewestWins;
import io.skypanel.worker.intake.QueuedBuilds;
import io.skypanel.worker.intake.Resources;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.network.Firewall;
import io.skypanel.worker.panel.Heartbeat;
import io.skypanel.worker.panel.MachineFacts;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.OwnAddress;
import io.skypanel.worker.panel.PanelCalls;
import io.skypanel.worker.panel.PanelClient;
import io.skypanel.worker.panel.PanelContact;
import io.skypanel.worker.panel.Registration;
import io.skypanel.worker.panel.RequestBudget;
import io.skypanel.worker.panel.SystemInfo;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.recovery.Recovery;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.redact.SecretRules;
import io.skypanel.worker.report.EarlierReports;
import io.skypanel.worker.report.Journal;
import io.skypanel.worker.report.LogShipping;
import io.skypanel.worker.report.Outbox;
import io.skypanel.worker.report.OutboxFiles;
import io.skypanel.worker.report.Reports;
import io.skypanel.worker.report.Unbegun;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import io.skypanel.worker.status.BuildBoard;
import io.skypanel.worker.status.StatusView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.processor.aggregate.UseOriginalAggregationStrategy;

/** All wiring: what is made of what, and the names by which the routes call it. */
final class WorkerBeans {
  /** A build whose engine is restarted is tried again if that takes no longer. */
  private static final Duration ENGINE_MAY_BE_AWAY = Duration.ofMinutes(2);

  /** The panel wants at most one log entry of a build in this time. */
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final RouteWake wake = new RouteWake();
  final Redaction redaction;
  final Intake intake;
  final Outbox outbox;
  final Registration registration;
  final BuildBoard board;
  final CheckoutWatch checkoutWatch;
  final StatusView statusView;
  final AppBeans apps;
  private final Map<String, Object> byName = new LinkedHashMap<>();

  WorkerBeans(
      WorkerSettings settings,
      String workerId,
      String version,
      ApiToken apiToken,
      DockerEngine engine,
      EngineFacts engineFacts,
      Builders builders,
      Firewall firewall,
      EnginePing enginePing,
      ScheduledExecutorService clock,
      ObjectMapper json) {
    var credentials = new NodeCredentials(settings.stateDir(), settings.givenCredentials(), json);
    var ownSecrets = new OwnSecrets(settings, apiToken, credentials, System.getenv());
    redaction = new Redaction(new SecretRules(settings.redact().names()), ownSecrets::all);
    var ownAddress = new OwnAddress(settings.workerIpAddress(), settings.skypanelUrl());
    board = new BuildBoard(meters);
    var system =
        new SystemInfo(
            new MachineFacts(settings.workspaceDir()),
            () -> board.getRunning().size(),
            settings.maxConcurrentBuilds(),
            version,
            engineFacts.runningContainers());
    var contact = new PanelContact();
    var budget =
        new RequestBudget(
            settings.heartbeatInterval(),
            settings.pollInterval(),
            settings.maxConcurrentBuilds(),
            System::nanoTime);
    registration =
        new Registration(
            settings, credentials, ownAddress, system, engineFacts, List.of(builders.name()));
    outbox =
        new Outbox(
            new OutboxFiles(settings.stateDir(), json),
            credentials,
            registration,
            budget,
            this::stopForgotten,
            wake.of("deliver-reports"));
    var resources = new Resources(settings.reserves(), disks(settings, engineFacts));
    intake =
        new Intake(
            settings.maxConcurrentBuilds(),
            settings.shard(),
            budget,
            resources,
            credentials,
            outbox::deployments,
            wake.of("poll-builds"));
    var records = new AppRecords(settings.stateDir());
    var journal = new Journal(settings.stateDir());
    var reports =
        new Reports(
            settings.stateDir(),
            journal,
            outbox,
            wake.of("clean-up"),
            redaction,
            job -> DeployBeans.serving(records, job));

    var leftovers = new LeftoverImages(settings.stateDir());
    var engineRetry = EngineRetry.on(engine.client(), ENGINE_MAY_BE_AWAY);
    var cutOff = new CutOffBuild(engine.client(), leftovers);
    var kept =
        new KeptCheckouts(
            settings.cacheDir(), settings.checkoutCacheBytes(), settings.git().credentials());
    var workspaces = new WorkspaceRemover(kept);
    var deploying =
        new DeployBeans(
            settings, workerId, engine, engineRetry, ownAddress, records, intake, outbox);
    apps =
        deploying.living(
            workerId,
            meters,
            intake,
            leftovers,
            build -> wake.queue(settings.buildQueue(), build),
            redaction);
    statusView =
        new StatusView(
            settings,
            workerId,
            version,
            credentials,
            contact,
            outbox,
            intake,
            board,
            reports::phaseOf,
            enginePing,
            firewall::state,
            apps.overview,
            redaction);

    byName.put("docker", new SharedDockerComponent(engine.client()));
    byName.put("engineHealth", new EngineHealth());
    byName.put("credentials", credentials);
    var panelTrust = PanelTrust.with(settings.panelAuthorities());
    byName.put("panelTrust", panelTrust);
    HttpClientConfigurer panelClient =
        new PanelClient(() -> PanelTrust.context(panelTrust), clock)::configure;
    byName.put("panelClient", panelClient);
    byName.put("panelCalls", new PanelCalls(json, meters, contact, budget));
    byName.put("registration", registration);
    byName.put("heartbeat", new Heartbeat(settings, credentials, registration, system));
    byName.put("intake", intake);
    byName.put("newestWins", new NewestWins(intake));
    byName.put("queuedBuilds", new QueuedBuilds(redaction::maskName));
    byName.put("claim", new Claim(credentials, settings.workspaceDir(), reports::open));
    byName.put(
        "buildTimer",
        new BuildTimer(settings.buildTimeout(), settings.stageLimits(), clock, reports::phaseOf));
    checkoutWatch =
        new CheckoutWatch(
            List.of(settings.workspaceDir(), settings.cacheDir()),
            settings.images().limits().contextBytes(),
            () ->
                board.running().stream()
                    .map(BuildBoard.Running::build)
                    .filter(build -> reports.phaseOf(build) == Phase.CHECKOUT)
                    .toList(),
            kept::folderOf);
    byName.put(
        "checkout",
        new GitCheckout(
            new ProcessGroupRunner(GitCheckout.MEMORY_GB),
            settings.git(),
            System.getenv(),
            Resolver.SYSTEM,
            settings.ownPorts(),
            kept));
    byName.put("workspaces", workspaces);
    byName.putAll(
        new ImageBeans(settings, workerId, engine, engineRetry, builders, leftovers).byName());
    byName.putAll(deploying.byName());
    byName.put(
        "recovery",
        new Recovery(
            journal,
            reports,
            new EarlierReports(settings.stateDir(), journal, outbox),
            intake,
            deploying::isInEngine,
            deploying.removeRemains(settings.workspaceDir(), workerId, workspaces),
            cutOff::leave));
    byName.put("firewall", firewall);
    byName.put("reports", reports);
    byName.put("unbegun", new Unbegun(settings.stateDir(), journal, outbox, redaction));
    byName.put("outbox", outbox);
    byName.put("logShipping", new LogShipping(reports, credentials, LOG_INTERVAL, budget));
    byName.put("board", board);
    byName.put(
        "cleanUp",
        new CleanUp(
            settings,
            workerId,
            engine,
            kept,
            resources::isDiskShort,
            records,
            deploying.launches,
            leftovers,
            deploying.networks,
            this::isWorkspaceInUse,
            intake::deploymentsInFlight));
    byName.put("keepBody", new UseOriginalAggregationStrategy());
    WorkerMeters.bind(meters, settings.maxConcurrentBuilds(), intake, outbox);
  }

  /** The beans by the names that the routes use. */
  Map<String, Object> byName() {
    return byName;
  }

  /** A build goes on in vain once its deployment is gone at the panel. */
  private void stopForgotten(String deploymentId) {
    board.stop(
        deploymentId,
        new BuildFailure.Cancelled("The panel does not know this deployment any more"));
  }

  private static List<Path> disks(WorkerSettings settings, EngineFacts engine) {
    return Stream.concat(
            Stream.of(settings.workspaceDir(), settings.stateDir(), settings.cacheDir()),
            settings.docker().isLocal()
                ? Stream.of(Path.of(engine.rootDirectory()))
                : Stream.empty())
        .toList();
  }

  private boolean isWorkspaceInUse(Path workspace) {
    return intake.deploymentsInFlight().stream()
        .anyMatch(id -> workspace.endsWith(ImageRef.clean(id)));
  }
}
