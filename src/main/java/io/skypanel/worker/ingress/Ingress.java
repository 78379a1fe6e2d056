package io.skypanel.worker.ingress;

import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * The proxy that gives apps a stable address.
 *
 * <p><b>Lifecycle.</b> {@link #serve} brings a site up and moves it from one version to the next;
 * {@link #align} puts everything right that was changed or lost meanwhile, at start and again and
 * again. Neither touches what is not this worker's own.
 *
 * <p><b>Threads.</b> All methods block and may be called from several threads at once.
 *
 * <p><b>Idempotence.</b> All may be repeated, also by a worker that was started anew in between.
 *
 * <p><b>Errors.</b> {@link Unavailable}, with a sentence for people; what was served before is
 * served as before.
 */
public interface Ingress {
  /**
   * One app's place at the proxy.
   *
   * @param appId whose it is
   * @param hosts its host names, the first its main one
   * @param firstPort one of its two ports on loopback
   * @param secondPort the other
   * @param live the port whose version serves; empty: the app is stopped, and answers 503
   */
  record Site(String appId, List<String> hosts, int firstPort, int secondPort, OptionalInt live) {
    public Site {
      hosts = List.copyOf(hosts);
    }
  }

  /** The proxy can't be reached, or refuses. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The address for people of the site with this main host name. */
  String url(String host);

  /**
   * Serves the site from its live port, from the next request on. No connection breaks unless the
   * site is new or its host names or ports have changed.
   */
  void serve(Site site) throws Unavailable;

  /** Makes all of {@code sites} be served, and none of this worker's besides them. */
  void align(Collection<Site> sites) throws Unavailable;

  /**
   * Whether no request is under way to the version on this port.
   *
   * @return true also for a port that the proxy knows nothing of
   */
  boolean isIdle(int port) throws Unavailable;

  /** Whether somebody else's route at the proxy has this host name. */
  boolean isTaken(String host, String appId) throws Unavailable;
}
