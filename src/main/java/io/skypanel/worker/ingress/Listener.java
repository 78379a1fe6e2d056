package io.skypanel.worker.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.settings.DeploySettings;
import java.util.Map;
import java.util.Optional;

/**
 * The one of Caddy's servers that listens where apps are served. Caddy refuses two servers at one
 * address, so one that is there already is shared; else the worker makes one. Immutable.
 */
final class Listener {
  private static final String OWN = "skypanel";
  private static final int HTTP_PORT = 80;

  private final DeploySettings.Ingress settings;

  Listener(DeploySettings.Ingress settings) {
    this.settings = settings;
  }

  /** The port that people connect to. */
  int port() {
    return portOf(settings.listen());
  }

  /** Whether a server of this name was made by a worker. */
  boolean isOwn(String name) {
    return name.equals(OWN) || name.startsWith(OWN + "-");
  }

  /** The name of the server that listens there. */
  Optional<String> find(ObjectNode servers) {
    return servers.properties().stream()
        .filter(server -> listens(server.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * The server that listens there, made in {@code servers} if there is none.
   *
   * @param config all of Caddy's
   * @throws Ingress.Unavailable if it would serve apps by https that are to have plain HTTP
   */
  ObjectNode open(ObjectNode servers, JsonNode config) throws Ingress.Unavailable {
    Optional<String> found = find(servers);
    if (found.isEmpty()) {
      ObjectNode server = servers.putObject(servers.has(OWN) ? OWN + "-" + port() : OWN);
      server.putArray("listen").add(settings.listen());
      return settle(server);
    }
    ObjectNode server = (ObjectNode) servers.get(found.get());
    if (isOwn(found.get())) {
      return settle(server);
    }
    if (!settings.tls() && !staysPlain(server, config)) {
      throw new Ingress.Unavailable(
          "Caddy's server "
              + found.get()
              + " listens on "
              + settings.listen()
              + " too, and would serve apps by https there; choose another port for"
              + " INGRESS_LISTEN, or switch automatic https off for that server",
          null);
    }
    return server;
  }

  /** Says whether Caddy is to see to certificates. */
  private ObjectNode settle(ObjectNode server) {
    boolean disabled = server.at("/automatic_https/disable").asBoolean();
    if (disabled == settings.tls()) {
      server.remove("automatic_https");
      if (!settings.tls()) {
        server.putObject("automatic_https").put("disable", true);
      }
    }
    return server;
  }

  /** Caddy turns to https for host names, unless it is told not to, or at the port for HTTP. */
  private static boolean staysPlain(ObjectNode server, JsonNode config) {
    int httpPort = config.at("/apps/http/http_port").asInt(HTTP_PORT);
    if (server.at("/automatic_https/disable").asBoolean()) {
      return true;
    }
    for (JsonNode address : server.path("listen")) {
      if (portOf(address.asText()) != httpPort) {
        return false;
      }
    }
    return true;
  }

  private boolean listens(JsonNode server) {
    for (JsonNode address : server.path("listen")) {
      if (normal(address.asText()).equals(normal(settings.listen()))) {
        return true;
      }
    }
    return false;
  }

  /** The same for all ways to write an address. */
  private static String normal(String address) {
    return address.replaceFirst("^tcp/", "").replaceFirst("^(0\\.0\\.0\\.0|\\[::])(?=:)", "");
  }

  /** Not a number for a socket or a range of ports: -1. */
  private static int portOf(String address) {
    String port = address.substring(address.lastIndexOf(':') + 1);
    return port.matches("\\d{1,5}") ? Integer.parseInt(port) : -1;
  }
}
