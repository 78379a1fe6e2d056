package io.skypanel.worker.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/**
 * An app's route in Caddy's configuration. It names both ports and looks at the {@link Markers} at
 * each request, so it stays the same from version to version. Immutable.
 */
final class CaddyRoute {
  /**
   * A connection to an app is closed when it was idle for so long, before the app closes it: a
   * request that meets a closing connection fails, unless it may be repeated. Node and uvicorn wait
   * 5 seconds, gunicorn 2.
   */
  private static final String KEEP_ALIVE = "1s";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Markers markers;
  private final String prefix;

  CaddyRoute(Markers markers, String workerId) {
    this.markers = markers;
    this.prefix = "skypanel-" + workerId + "-";
  }

  /** The {@code @id} of the app's route. */
  String id(String appId) {
    return prefix + appId;
  }

  /** Whether a route with this {@code @id} is one of this worker's. */
  boolean isOwn(String id) {
    return id.startsWith(prefix);
  }

  /** The site's route, in the same form as Caddy gives it back. */
  ObjectNode of(Ingress.Site site) {
    ObjectNode handler = JSON.objectNode().put("handler", "subroute");
    handler
        .putArray("routes")
        .add(when(markers.stopped(site.appId()), stopped()))
        .add(when(markers.file(site.appId(), site.firstPort()), proxy(site.firstPort())))
        .add(handledBy(proxy(site.secondPort())));
    ObjectNode route = handledBy(handler).put("@id", id(site.appId())).put("terminal", true);
    // Caddy refuses a name that is there twice
    site.hosts().stream()
        .distinct()
        .forEach(route.putArray("match").addObject().putArray("host")::add);
    return route;
  }

  private static ObjectNode when(Path marker, ObjectNode handler) {
    ObjectNode route = handledBy(handler).put("terminal", true);
    ObjectNode file = route.putArray("match").addObject().putObject("file");
    file.put("root", "/").putArray("try_files").add(literal(marker));
    return route;
  }

  private static ObjectNode handledBy(JsonNode handler) {
    ObjectNode route = JSON.objectNode();
    route.putArray("handle").add(handler);
    return route;
  }

  private static ObjectNode stopped() {
    ObjectNode response =
        JSON.objectNode()
            .put("handler", "static_response")
            .put("status_code", 503)
            .put("body", "This app is stopped\n");
    ObjectNode headers = response.putObject("headers");
    headers.putArray("Content-Type").add("text/plain; charset=utf-8");
    headers.putArray("Cache-Control").add("no-store");
    return response;
  }

  /** Without retries: what failed may have been done. */
  private static ObjectNode proxy(int port) {
    ObjectNode proxy = JSON.objectNode().put("handler", "reverse_proxy");
    proxy.putArray("upstreams").addObject().put("dial", address(port));
    ObjectNode transport = proxy.putObject("transport").put("protocol", "http");
    transport.putObject("keep_alive").put("idle_timeout", KEEP_ALIVE);
    return proxy;
  }

  /** How Caddy names a version on this port. */
  static String address(int port) {
    return "127.0.0.1:" + port;
  }

  /** The path with Caddy's placeholders and patterns taken out of it. */
  private static String literal(Path path) {
    return path.toString().replaceAll("[\\\\*?\\[{}]", "\\\\$0");
  }
}
