package io.skypanel.worker.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.settings.DeploySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * A Caddy, 2.6 or newer, that is told of new apps over its admin API, and by a {@link Markers
 * marker} which version of an app serves: that changes from one request to the next, and nothing in
 * Caddy's configuration. Each change of the configuration costs all of Caddy's users their
 * WebSockets, so it is not written where it is right.
 *
 * <p>Caddy must be able to look into the folder of the markers. Whether it can is not to be seen
 * from here: if it can't, each app is served from its second port, and none is ever stopped.
 */
public final class CaddyIngress implements Ingress {
  /** Each is lost only to somebody who writes at the same moment. */
  private static final int ATTEMPTS = 20;

  private static final int LOOK_MILLIS = 200;

  private final DeploySettings.Ingress settings;
  private final Listener listener;
  private final Markers markers;
  private final CaddyRoute route;
  private final CaddyServers servers;
  private final CaddyAdmin admin;
  private final ReentrantLock writing = new ReentrantLock();

  /**
   * Touches nothing yet.
   *
   * @param workerId stands in the ids of this worker's routes: others are never touched
   */
  public CaddyIngress(DeploySettings.Ingress settings, String workerId) {
    this.settings = settings;
    this.listener = new Listener(settings);
    this.markers = new Markers(settings.directory().toAbsolutePath());
    this.route = new CaddyRoute(markers, workerId);
    this.servers = new CaddyServers(listener, route);
    this.admin = new CaddyAdmin(settings.adminUrl());
  }

  @Override
  public String url(String host) {
    int usual = settings.tls() ? 443 : 80;
    String port = listener.port() == usual ? "" : ":" + listener.port();
    return (settings.tls() ? "https://" : "http://") + host + port;
  }

  @Override
  public void serve(Site site) throws Unavailable {
    writing.lock();
    try {
      // a Caddy that does not answer is found out before anything has changed
      CaddyAdmin.Config config = admin.read();
      if (servers.leadsElsewhere(config.json(), site)) {
        // without its marker the old route would lead to neither version
        write(config, json -> servers.with(json, site));
        markers.set(site);
        return;
      }
      Set<String> before = markers.of(site.appId());
      markers.set(site);
      try {
        write(config, json -> servers.with(json, site));
      } catch (Unavailable e) {
        markers.restore(site.appId(), before);
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void align(Collection<Site> sites) throws Unavailable {
    writing.lock();
    try {
      for (Site site : sites) {
        markers.set(site);
      }
      write(admin.read(), json -> servers.exactly(json, sites));
      markers.retain(sites.stream().map(Site::appId).collect(Collectors.toSet()));
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public boolean isIdle(int port) throws Unavailable {
    String address = CaddyRoute.address(port);
    if (admin.requests(address) > 0) {
      return false;
    }
    try {
      // a request that has chosen the port may not be counted yet
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("The worker is stopping", e);
    }
    return admin.requests(address) == 0;
  }

  @Override
  public boolean isTaken(String host, String appId) throws Unavailable {
    for (JsonNode server : CaddyServers.of(admin.read().json())) {
      for (JsonNode there : server.path("routes")) {
        boolean own = there.path("@id").asText().equals(route.id(appId));
        if (!own && matches(there, host)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the route, or one inside it, is for this host. */
  private static boolean matches(JsonNode route, String host) {
    for (JsonNode matcher : route.path("match")) {
      for (JsonNode name : matcher.path("host")) {
        if (name.asText().equalsIgnoreCase(host)) {
          return true;
        }
      }
    }
    for (JsonNode handler : route.path("handle")) {
      for (JsonNode inner : handler.path("routes")) {
        if (matches(inner, host)) {
          return true;
        }
      }
    }
    return false;
  }

  private interface Change {
    ObjectNode of(JsonNode config) throws Unavailable;
  }

  private void write(CaddyAdmin.Config first, Change change) throws Unavailable {
    CaddyAdmin.Config config = first;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      ObjectNode wanted = change.of(config.json());
      if (wanted.equals(CaddyServers.of(config.json()))) {
        return;
      }
      try {
        admin.writeServers(config, wanted);
        return;
      } catch (CaddyAdmin.Conflict somebodyElse) {
        config = admin.read();
      }
    }
    throw new Unavailable(
        "Caddy's configuration at CADDY_ADMIN_URL "
            + settings.adminUrl()
            + " keeps changing; what else writes there?",
        null);
  }

  private Unavailable unwritable(IOException e) {
    Path directory = settings.directory();
    return new Unavailable("INGRESS_DIR " + directory + " can't be written: " + e.getMessage(), e);
  }
}
