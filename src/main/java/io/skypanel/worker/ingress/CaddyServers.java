package io.skypanel.worker.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Caddy's servers as they should be, made out of those that it has. Nothing but this worker's own
 * routes changes; a route that is right stays where it is, and a new one goes before all others.
 * Immutable.
 */
final class CaddyServers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Listener listener;
  private final CaddyRoute route;

  CaddyServers(Listener listener, CaddyRoute route) {
    this.listener = listener;
    this.route = route;
  }

  /** The servers of this configuration. */
  static ObjectNode of(JsonNode config) {
    return config.at("/apps/http/servers") instanceof ObjectNode servers
        ? servers
        : JSON.objectNode();
  }

  /** With the site, and whatever else there is. */
  ObjectNode with(JsonNode config, Ingress.Site site) throws Ingress.Unavailable {
    return change(config, List.of(site), id -> id.equals(route.id(site.appId())));
  }

  /** Whether the site's app has a route, but none that could lead to its live port. */
  boolean leadsElsewhere(JsonNode config, Ingress.Site site) {
    if (site.live().isEmpty()) {
      return false;
    }
    String live = "\"" + CaddyRoute.address(site.live().getAsInt()) + "\"";
    for (JsonNode server : of(config)) {
      for (JsonNode there : server.path("routes")) {
        if (there.path("@id").asText().equals(route.id(site.appId()))) {
          return !there.toString().contains(live);
        }
      }
    }
    return false;
  }

  /** With these sites, and no others of this worker's. */
  ObjectNode exactly(JsonNode config, Collection<Ingress.Site> sites) throws Ingress.Unavailable {
    return change(config, sites, route::isOwn);
  }

  private ObjectNode change(
      JsonNode config, Collection<Ingress.Site> sites, Predicate<String> concerned)
      throws Ingress.Unavailable {
    ObjectNode servers = of(config).deepCopy();
    Map<String, ObjectNode> missing = new LinkedHashMap<>();
    sites.forEach(site -> missing.put(route.id(site.appId()), route.of(site)));
    Optional<String> target = listener.find(servers);
    for (String name : names(servers)) {
      ArrayNode routes = routes(servers.path(name));
      boolean here = target.equals(Optional.of(name));
      ArrayNode kept = keep(routes, concerned, here ? missing : Map.of());
      if (kept.size() < routes.size()) {
        ((ObjectNode) servers.get(name)).set("routes", kept);
        if (kept.isEmpty() && listener.isOwn(name) && !(here && !missing.isEmpty())) {
          servers.remove(name);
        }
      }
    }
    if (!missing.isEmpty()) {
      ObjectNode server = listener.open(servers, config);
      server.set("routes", JSON.arrayNode().addAll(missing.values()).addAll(routes(server)));
    }
    return servers;
  }

  /** What is not concerned, and what is right; the latter is no longer missing. */
  private static ArrayNode keep(
      ArrayNode routes, Predicate<String> concerned, Map<String, ObjectNode> missing) {
    ArrayNode kept = JSON.arrayNode();
    for (JsonNode there : routes) {
      String id = there.path("@id").asText();
      if (!concerned.test(id)) {
        kept.add(there);
      } else if (there.equals(missing.get(id))) {
        kept.add(there);
        missing.remove(id);
      }
    }
    return kept;
  }

  private static List<String> names(ObjectNode servers) {
    List<String> names = new ArrayList<>();
    servers.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static ArrayNode routes(JsonNode server) {
    return server.get("routes") instanceof ArrayNode routes ? routes : JSON.arrayNode();
  }
}
