package io.skypanel.worker.panel;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.engine.EngineFacts;
import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.settings.WorkerSettings.Credentials;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this worker known to the panel. Registering again keeps the node's id, as the panel matches
 * nodes by host name or address. Thread-safe.
 */
public final class Registration {
  private static final Logger log = LoggerFactory.getLogger(Registration.class);

  /** What may stand in a header. */
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");

  private final WorkerSettings settings;
  private final NodeCredentials credentials;
  private final OwnAddress ownAddress;
  private final SystemInfo system;
  private final EngineFacts engine;
  private final List<String> builders;
  private final AtomicBoolean needed = new AtomicBoolean();

  /**
   * @param builders what builds images here, such as {@code buildx}
   */
  public Registration(
      WorkerSettings settings,
      NodeCredentials credentials,
      OwnAddress ownAddress,
      SystemInfo system,
      EngineFacts engine,
      List<String> builders) {
    this.settings = settings;
    this.credentials = credentials;
    this.ownAddress = ownAddress;
    this.system = system;
    this.engine = engine;
    this.builders = List.copyOf(builders);
    needed.set(credentials.current().isEmpty());
  }

  /** Whether the node must be registered before the panel will know it. */
  public boolean isNeeded() {
    return needed.get();
  }

  /** The panel does not know this node, or not its token. */
  public void require(String why) {
    if (needed.compareAndSet(false, true)) {
      log.info("Registering again: {}", why);
    }
  }

  /**
   * Asks for a registration if what the panel shows of this worker is no longer so. For the start,
   * once the panel answers: before that this machine's own address may not be known.
   */
  public void compareFacts() {
    Map<String, String> registered = credentials.registeredFacts();
    if (!registered.isEmpty() && !registered.equals(facts())) {
      require("this worker's name, address, port or slots have changed");
    }
  }

  /**
   * Takes the answer to a question for this node's own row: a node that the panel does not know
   * must be registered. Any other state is the operator's will, {@code maintenance} above all,
   * which registering would lift.
   */
  public PanelAnswer checkNode(@Body PanelAnswer node) {
    if (node.status() == 404) {
      require("the panel does not know node " + credentials.nodeId() + " any more");
    }
    return node;
  }

  /** Asks for this node's own row. */
  public PanelRequest askForNode() {
    return PanelRequest.node(PanelRequest.Kind.STATUS, credentials.nodeId());
  }

  /** The registration call. */
  public PanelRequest request() {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    capabilities.put("docker", true);
    capabilities.put("git", true);
    capabilities.put("nodejs", true);
    capabilities.put("dockerVersion", engine.version());
    capabilities.put("builders", builders);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", settings.workerName());
    body.put("hostname", settings.workerHostname());
    body.put("ipAddress", ownAddress.get());
    body.put("port", settings.port());
    body.put("capabilities", capabilities);
    body.put("maxConcurrentBuilds", settings.maxConcurrentBuilds());
    body.put(
        "resourceLimits",
        Map.of(
            "appMemoryBytes", settings.appLimits().memoryBytes(),
            "appCpus", settings.appLimits().cpus()));
    body.put("systemInfo", system.snapshot());
    return PanelRequest.post(PanelRequest.Kind.REGISTER, "/register", body);
  }

  /**
   * Keeps what the panel answered.
   *
   * @return whether the node is registered now; if not, the answer has been logged
   */
  public boolean keep(@Body PanelAnswer answer) {
    JsonNode data = answer.body().path("data");
    String nodeId = data.path("nodeId").asText("");
    String token = data.path("authToken").asText("");
    if (!answer.succeeded() || nodeId.isEmpty() || token.isEmpty()) {
      log.warn("The panel did not register this worker: {}", answer.describe());
      return false;
    }
    if (!FieldRules.isId(nodeId) || !TOKEN.matcher(token).matches()) {
      log.error(
          "The panel registered this worker as node {} with a token, and one of them is none:"
              + " a node's id is of letters, digits, '-', '_' and '.', a token of up to 4096"
              + " printable characters",
          Shown.of(nodeId));
      return false;
    }
    try {
      credentials.keep(new Credentials(nodeId, token), facts());
    } catch (IOException e) {
      log.error(
          "What the registration answered can't be kept, so the next start registers again: {}",
          e.getMessage());
    }
    needed.set(false);
    log.info("Registered at {} as node {}", settings.skypanelUrl(), nodeId);
    return true;
  }

  private Map<String, String> facts() {
    return Map.of(
        "name", settings.workerName(),
        "hostname", settings.workerHostname(),
        "ipAddress", ownAddress.get(),
        "port", String.valueOf(settings.port()),
        "maxConcurrentBuilds", String.valueOf(settings.maxConcurrentBuilds()));
  }
}
