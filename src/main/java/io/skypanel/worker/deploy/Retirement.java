package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecord.Retiring;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes older versions away once nobody uses them any more: behind an ingress when their last
 * request has ended, else some time after the panel was told the new address. What is to go stands
 * in the apps' records, so a restart loses none of it. Thread-safe.
 */
public final class Retirement {
  private static final Logger log = LoggerFactory.getLogger(Retirement.class);

  /** How long requests that are under way may take. */
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final DeployTarget target;
  private final AppRecords records;
  private final AppLocks locks;
  private final AppAddresses addresses;
  private final Duration retireAfter;
  private final Predicate<String> isInFlight;
  private final Predicate<String> hasReportsWaiting;

  /** Apps of which something may be on its way out; their records say what. */
  private final Set<String> apps = ConcurrentHashMap.newKeySet();

  /** When an app is tried again whose version could not be removed; System.nanoTime. */
  private final Map<String, Long> retryAt = new ConcurrentHashMap<>();

  /** Since when a version is on its way out, by container; System.nanoTime. */
  private final Map<String, Long> since = new ConcurrentHashMap<>();

  /**
   * @param retireAfter without an ingress, how long after the report
   * @param isInFlight whether the deployment with this id is still going on
   * @param hasReportsWaiting whether the panel is still to be told something of it
   */
  public Retirement(
      DeployTarget target,
      AppRecords records,
      AppLocks locks,
      AppAddresses addresses,
      Duration retireAfter,
      Predicate<String> isInFlight,
      Predicate<String> hasReportsWaiting) {
    this.target = target;
    this.records = records;
    this.locks = locks;
    this.addresses = addresses;
    this.retireAfter = retireAfter;
    this.isInFlight = isInFlight;
    this.hasReportsWaiting = hasReportsWaiting;
    records.all().forEach(this::note);
  }

  /** Takes over what a record says is to go. */
  void note(AppRecord app) {
    // what has come back begins anew when it goes again
    app.current().flatMap(AppDeployment::containerId).ifPresent(since::remove);
    if (app.retiring().isEmpty()) {
      apps.remove(app.appId());
    } else {
      apps.add(app.appId());
    }
  }

  /** Whether any version is on its way out. */
  public boolean isNeeded() {
    return !apps.isEmpty();
  }

  /** The apps of which a version is on its way out. */
  public List<String> apps() {
    return List.copyOf(apps);
  }

  /** Takes away what nobody uses any more of one app. One that is being deployed is passed over. */
  public void retire(@Body String appId) {
    Long again = retryAt.get(appId);
    if (again != null && System.nanoTime() - again < 0) {
      return;
    }
    // a look may take a while: whoever deploys the app or acts on it need not wait for that
    List<Retiring> due = leaving(appId).stream().filter(this::isDue).toList();
    Optional<AppLocks.Held> held = due.isEmpty() ? Optional.empty() : locks.tryAcquire(appId);
    if (held.isPresent()) {
      try (AppLocks.Held ignored = held.get()) {
        List<Retiring> still = leaving(appId);
        for (Retiring version : due) {
          if (still.contains(version)) {
            remove(appId, version);
          }
        }
        retryAt.remove(appId);
      } catch (BuildFailure | UncheckedIOException e) {
        log.warn("An older version of app {} stays for now: {}", appId, e.getMessage());
        retryAt.put(appId, System.nanoTime() + AFTER_FAILURE.toNanos());
      }
    }
  }

  /** What is on its way out now; an app without any is forgotten. */
  private List<Retiring> leaving(String appId) {
    List<Retiring> leaving = records.find(appId).map(AppRecord::retiring).orElse(List.of());
    if (leaving.isEmpty()) {
      apps.remove(appId);
    }
    return leaving;
  }

  /**
   * The same, but waits: the next version needs the port of the last but one. For who holds the
   * app.
   */
  void finish(Build build) throws BuildFailure {
    String appId = build.job().appId();
    boolean told = false;
    for (Retiring version : leaving(appId)) {
      if (version.successor().equals(build.job().deploymentId())) {
        // a resumed deployment's own predecessor: it stays until this one serves
        continue;
      }
      while (!isDue(version)) {
        if (!told) {
          build.progress().info("Waiting for the last requests to the version before");
          told = true;
        }
        build.stop().pause(BETWEEN_LOOKS);
      }
      remove(appId, version);
    }
  }

  /**
   * Takes those away at once that nobody can be connected to. For who holds the app.
   *
   * @param all every one, since it is stopped already
   */
  void hurry(String appId, boolean all) throws BuildFailure {
    for (Retiring version : leaving(appId)) {
      if (all || version.hostPort() == 0) {
        remove(appId, version);
      }
    }
  }

  private boolean isDue(Retiring version) {
    String successor = version.successor();
    if (isInFlight.test(successor) || !addresses.areStable() && hasReportsWaiting.test(successor)) {
      return false;
    }
    long now = System.nanoTime();
    long waited = now - since.computeIfAbsent(version.containerId(), id -> now);
    return addresses.areStable()
        ? waited >= DRAIN.toNanos() || addresses.isIdle(version.hostPort())
        : waited >= retireAfter.toNanos();
  }

  private void remove(String appId, Retiring version) throws BuildFailure {
    target.retire(version.containerId());
    since.remove(version.containerId());
    records.update(
        appId,
        app ->
            app.withRetiring(
                app.retiring().stream().filter(other -> !other.equals(version)).toList()));
    leaving(appId);
  }
}
