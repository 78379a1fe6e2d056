package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * A panel to try the worker against: the server's side of the worker API with the quirks that were
 * measured at the real one, its rate limit, and faults on demand. All state is in memory and
 * outlives {@link #stop()}. Thread-safe.
 *
 * <p>For people at a terminal it has two more calls, which the limit does not count: {@code POST
 * /sandbox/builds} queues a build, {@code GET /sandbox} shows everything.
 */
public final class SandboxPanel implements AutoCloseable {
  private final PanelOptions options;
  private final NodeTable nodes = new NodeTable();
  private final BuildTable builds = new BuildTable();
  private final List<PanelCall> calls = new CopyOnWriteArrayList<>();
  private final Faults faults;
  private final RateLimit limit;
  private final LoopbackServer server;
  private volatile PayloadShape shape;
  private volatile Optional<Answer> rawQueue = Optional.empty();

  private SandboxPanel(PanelOptions options) {
    this.options = options;
    this.shape = options.shape();
    long opened = System.nanoTime();
    LongSupplier nanoClock = () -> System.nanoTime() - opened;
    this.faults = new Faults(nanoClock);
    this.limit = new RateLimit(options.rateLimit(), options.rateWindow(), nanoClock);
    this.server =
        new LoopbackServer(
            options.bind(),
            options.port(),
            new PanelHandler(
                options.basePath(),
                nanoClock,
                faults,
                limit,
                new WorkerApi(nodes, builds, this::queuedBuilds, options.tokensChecked()),
                new SandboxApi(nodes, builds),
                calls::add));
  }

  /** Today's panel on any free port of the loopback address, started. */
  public static SandboxPanel open() {
    return open(PanelOptions.today());
  }

  /**
   * A panel as {@code options} say, started.
   *
   * @throws UncheckedIOException if the port can't be had
   */
  public static SandboxPanel open(PanelOptions options) {
    SandboxPanel panel = new SandboxPanel(options);
    panel.start();
    return panel;
  }

  /** What {@code SKYPANEL_URL} must be; the base path is in it. */
  public String url() {
    return server.url() + options.basePath();
  }

  /** Its port; the same after {@link #stop()} and {@link #start()}. */
  public int port() {
    return server.port();
  }

  /** Makes the panel go away: the port refuses, calls being answered break off. Idempotent. */
  public void stop() {
    server.stop();
  }

  /** Brings it back on the same port, with all it knew. Idempotent. */
  public void start() {
    server.start();
  }

  /** Queues a build and answers its deployment's id, which is made if the request has none. */
  public String queue(BuildRequest request) {
    return builds.queue(request.fields());
  }

  /** Puts anything into the list of queued builds, such as a number; it stays there. */
  public void queueOddity(JsonNode element) {
    builds.queueOddity(element);
  }

  /** Hands out queued builds in that shape from now on. */
  public void shape(PayloadShape newShape) {
    shape = newShape;
    rawQueue = Optional.empty();
  }

  /** Answers 200 and this body, typed as JSON, for queued builds, until a shape is set. */
  public void rawQueue(String body) {
    rawQueue = Optional.of(new Answer(200, "application/json; charset=utf-8", body));
  }

  /** Every call of the worker API so far, in the order of their answers. */
  public List<PanelCall> calls() {
    return List.copyOf(calls);
  }

  /** Those whose method and path match the whole of {@code regex}. */
  public List<PanelCall> calls(String regex) {
    return calls.stream().filter(c -> (c.method() + " " + c.path()).matches(regex)).toList();
  }

  /** Every status taken for the deployment, in order; empty if there were none. */
  public List<String> statusesOf(String deploymentId) {
    return builds.deployment(deploymentId).map(DeploymentView::statuses).orElse(List.of());
  }

  /** Throws IllegalArgumentException for an unknown deployment. */
  public DeploymentView deployment(String deploymentId) {
    return builds
        .deployment(deploymentId)
        .orElseThrow(() -> new IllegalArgumentException("no deployment " + deploymentId));
  }

  /** All deployments, in the order in which they were queued. */
  public List<DeploymentView> deployments() {
    return builds.allDeployments();
  }

  /** Throws IllegalArgumentException for an unknown app. */
  public AppView app(String appId) {
    return builds.app(appId).orElseThrow(() -> new IllegalArgumentException("no app " + appId));
  }

  /** All nodes, in the order of their first registration. */
  public List<NodeView> nodes() {
    return nodes.all();
  }

  /** Sets a node's status, as an operator does; IllegalArgumentException for an unknown node. */
  public void setNodeStatus(String nodeId, String status) {
    nodes.setStatus(nodeId, status);
  }

  /** Loses all nodes, as after a reset of the panel's database. */
  public void forgetNodes() {
    nodes.forget();
  }

  /** Faults between worker and panel. */
  public Faults faults() {
    return faults;
  }

  /** Opens a new window of the rate limit for everyone. */
  public void resetRateLimit() {
    limit.reset();
  }

  @Override
  public void close() {
    stop();
  }

  private Answer queuedBuilds() {
    return rawQueue.orElseGet(() -> Answer.json(200, shape.wrap(builds.queued())));
  }
}
