package io.skypanel.worker.deploy;

import io.skypanel.worker.ingress.Ingress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** An ingress that only takes notes, or is away. */
final class NotingIngress implements Ingress {
  final List<String> notes = new ArrayList<>();
  boolean away;
  boolean busy;

  @Override
  public String url(String host) {
    return "https://" + host;
  }

  @Override
  public void serve(Site site) throws Unavailable {
    if (away) {
      throw new Unavailable("Caddy is away", null);
    }
    notes.add(site.hosts().get(0) + " from " + site.live());
  }

  @Override
  public void align(Collection<Site> sites) {}

  @Override
  public boolean isIdle(int port) {
    return !busy;
  }

  @Override
  public boolean isTaken(String host, String appId) {
    return false;
  }
}
