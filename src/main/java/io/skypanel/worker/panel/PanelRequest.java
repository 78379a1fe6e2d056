package io.skypanel.worker.panel;

import java.util.Map;
import java.util.function.Predicate;

/**
 * One call to the panel. The body of {@code direct:call-panel}.
 *
 * @param kind what it is for
 * @param method {@code GET} or {@code POST}
 * @param path below the panel's base, with leading slash
 * @param body the JSON object to send; empty for a GET
 * @param ofApps what is read of a list in the answer: entries whose {@code appId} this takes, or
 *     that have none; asked once an entry, in the list's order
 */
public record PanelRequest(
    Kind kind, String method, String path, Map<String, Object> body, Predicate<String> ofApps) {
  /** What calls are for, the most important first. */
  public enum Kind {
    HEALTH,
    REGISTER,
    HEARTBEAT,
    STATUS,
    ACCEPT,
    POLL,
    LOGS
  }

  private static final String BASE = "/api/paas/worker";
  private static final Predicate<String> ALL = appId -> true;

  /** A GET below {@code /api/paas/worker}. */
  public static PanelRequest get(Kind kind, String path) {
    return new PanelRequest(kind, "GET", BASE + path, Map.of(), ALL);
  }

  /** {@code GET /builds/queued}, of which the builds of these apps are read. */
  public static PanelRequest queue(Predicate<String> ofApps) {
    return new PanelRequest(Kind.POLL, "GET", BASE + "/builds/queued", Map.of(), ofApps);
  }

  /** A POST below {@code /api/paas/worker}. */
  public static PanelRequest post(Kind kind, String path, Map<String, Object> body) {
    return new PanelRequest(kind, "POST", BASE + path, body, ALL);
  }

  /** {@code GET /api/health}: whether the panel is there at all. */
  public static PanelRequest health() {
    return new PanelRequest(Kind.HEALTH, "GET", "/api/health", Map.of(), ALL);
  }

  /** Asks for a node's own row, for the sake of a call of that kind. */
  public static PanelRequest node(Kind kind, String nodeId) {
    return get(kind, "/" + nodeId + "/status");
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
