package io.skypanel.worker.status;

import io.skypanel.worker.apps.AppOverview;
import io.skypanel.worker.engine.EngineHealth;
import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.PanelContact;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.report.Outbox;
import io.skypanel.worker.settings.WorkerSettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** What {@code GET /status} shows: no secret, no environment value, no log line. Thread-safe. */
public final class StatusView {
  private final WorkerSettings settings;
  private final String workerId;
  private final String version;
  private final NodeCredentials credentials;
  private final PanelContact panel;
  private final Outbox outbox;
  private final Intake intake;
  private final BuildBoard board;
  private final Function<Build, Phase> phaseOf;
  private final Supplier<EngineHealth.State> engine;
  private final Supplier<String> firewall;
  private final AppsView apps;
  private final Redaction redaction;

  /**
   * @param redaction takes out the secrets of the worker and of the builds in flight
   */
  public StatusView(
      WorkerSettings settings,
      String workerId,
      String version,
      NodeCredentials credentials,
      PanelContact panel,
      Outbox outbox,
      Intake intake,
      BuildBoard board,
      Function<Build, Phase> phaseOf,
      Supplier<EngineHealth.State> engine,
      Supplier<String> firewall,
      AppOverview apps,
      Redaction redaction) {
    this.settings = settings;
    this.workerId = workerId;
    this.version = version;
    this.credentials = credentials;
    this.panel = panel;
    this.outbox = outbox;
    this.intake = intake;
    this.board = board;
    this.phaseOf = phaseOf;
    this.engine = engine;
    this.firewall = firewall;
    this.apps = new AppsView(apps);
    this.redaction = redaction;
  }

  /** The whole view, ready for JSON. */
  public Map<String, Object> status() {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("worker", worker());
    EngineHealth.State docker = engine.get();
    view.put("docker", docker(docker));
    view.put("skypanel", skypanel());
    view.put("builds", builds());
    view.put("apps", apps.apps(docker.available()));
    return view;
  }

  /** Docker and panel: whether this worker can do its work at present. */
  public Map<String, Object> readiness() {
    EngineHealth.State docker = engine.get();
    PanelContact.State contact = panel.state();
    boolean registered = credentials.current().isPresent();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("ready", docker.available() && contact.reachable() && registered);
    view.put("docker", docker.available() ? "ok" : redaction.mask(docker.problem()));
    view.put("skypanel", contact.reachable() ? "ok" : redaction.mask(contact.lastProblem()));
    view.put("registered", registered);
    return view;
  }

  private Map<String, Object> worker() {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", workerId);
    view.put("name", settings.workerName());
    view.put("hostname", settings.workerHostname());
    view.put("version", version);
    view.put("shard", settings.shard().toString());
    view.put("uptimeSeconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
    view.put("takesNoBuildsBecause", intake.obstacles().stream().map(redaction::mask).toList());
    return view;
  }

  private Map<String, Object> docker(EngineHealth.State state) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("host", settings.docker().host());
    view.put("available", state.available());
    view.put("problem", redaction.mask(state.problem()));
    view.put("appNetwork", settings.isolation().networks().name().toLowerCase(Locale.ROOT));
    view.put("firewall", redaction.mask(firewall.get()));
    return view;
  }

  private Map<String, Object> skypanel() {
    PanelContact.State state = panel.state();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("url", settings.skypanelUrl().toString());
    view.put("nodeId", credentials.nodeId());
    view.put("reachable", state.reachable());
    view.put("lastAnswer", state.lastAnswer().map(Instant::toString).orElse(null));
    view.put("problem", redaction.mask(state.lastProblem()));
    view.put("reportsWaiting", outbox.size());
    return view;
  }

  private Map<String, Object> builds() {
    Map<String, Object> slots = new LinkedHashMap<>();
    slots.put("total", intake.slots());
    slots.put("used", intake.inFlight());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("slots", slots);
    view.put("running", board.running().stream().map(this::running).toList());
    view.put("recent", board.recent().stream().map(StatusView::ended).toList());
    return view;
  }

  private Map<String, Object> running(BuildBoard.Running running) {
    Build build = running.build();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("deploymentId", build.job().deploymentId());
    view.put("appId", build.job().appId());
    view.put("appName", build.job().appName());
    view.put(
        "source", redaction.maskAlone(build.job().deploymentId(), build.job().source().toString()));
    view.put("stage", phaseOf.apply(build).label());
    view.put("startedAt", running.startedAt().toString());
    view.put("seconds", Duration.between(running.startedAt(), Instant.now()).toSeconds());
    return view;
  }

  private static Map<String, Object> ended(BuildBoard.Ended ended) {
    var outcome = ended.outcome();
    Map<String, Object> millis = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      Duration took = outcome.stageDurations().get(phase);
      if (took != null) {
        millis.put(phase.label(), took.toMillis());
      }
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("deploymentId", outcome.job().deploymentId());
    view.put("appId", outcome.job().appId());
    view.put("appName", outcome.job().appName());
    view.put("outcome", outcome.result().status());
    view.put("error", outcome.error().orElse(null));
    view.put("fault", outcome.fault().orElse(null));
    view.put("url", outcome.deployment().flatMap(d -> d.url()).orElse(null));
    view.put("endedAt", ended.endedAt().toString());
    view.put("stageMillis", millis);
    return view;
  }
}
