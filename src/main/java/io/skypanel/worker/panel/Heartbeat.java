package io.skypanel.worker.panel;

import com.github.dockerjava.api.model.Info;
import io.skypanel.worker.settings.WorkerSettings;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the panel that this worker is alive, and how it is. Thread-safe. */
public final class Heartbeat {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  private final WorkerSettings settings;
  private final NodeCredentials credentials;
  private final Registration registration;
  private final SystemInfo system;
  private volatile boolean failing;

  public Heartbeat(
      WorkerSettings settings,
      NodeCredentials credentials,
      Registration registration,
      SystemInfo system) {
    this.settings = settings;
    this.credentials = credentials;
    this.registration = registration;
    this.system = system;
  }

  /**
   * The heartbeat call.
   *
   * @param engine what {@code docker:info} answered; anything else means that the engine is away
   */
  public PanelRequest request(@Body Object engine) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("nodeId", credentials.nodeId());
    body.put("timestamp", Instant.now().toString());
    if (engine instanceof Info info) {
      system.note(info);
    }
    body.putAll(system.snapshot());
    body.put("dockerAvailable", engine instanceof Info);
    return PanelRequest.post(PanelRequest.Kind.HEARTBEAT, "/heartbeat", body);
  }

  /** Whether the panel said that it does not know this node, which may be a passing fault. */
  public boolean isNodeInDoubt(@Body PanelAnswer answer) {
    return answer.status() == 404;
  }

  /** Asks for this node's own row. */
  public PanelRequest askForNode() {
    return PanelRequest.node(PanelRequest.Kind.HEARTBEAT, credentials.nodeId());
  }

  /** Takes the answer to a heartbeat, or to the question that followed it. */
  public PanelAnswer settle(@Body PanelAnswer answer) {
    if (answer.status() == 401) {
      registration.require("the panel does not take this node's token any more");
    } else if (answer.status() == 404) {
      registration.require("the panel does not know node " + credentials.nodeId() + " any more");
    } else if (!answer.succeeded() && !failing) {
      log.warn(
          "Heartbeat failed ({}); trying again every {} s",
          answer.describe(),
          settings.heartbeatInterval().toSeconds());
    } else if (answer.succeeded() && failing) {
      log.info("The panel takes heartbeats again");
    }
    failing = !answer.succeeded();
    return answer;
  }
}
