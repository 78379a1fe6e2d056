package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecord.Retiring;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final DeployTarget target;
  private final AppRecords records;
  private final AppLocks locks;
  private final AppAddresses addresses;
  private final Duration retireAfter;
  private final Predicate<String> isReported;

  /** By app. Whoever changes an app's entry holds its lock. */
  private final Map<String, List<Retiring>> waiting = new ConcurrentHashMap<>();

  /** Since when a version is on its way out, by container; System.nanoTime. */
  private final Map<String, Long> since = new ConcurrentHashMap<>();

  /**
   * @param retireAfter without an ingress, how long after the report
   * @param isReported whether the panel has been told of the deployment with this id
   */
  public Retirement(
      DeployTarget target,
      AppRecords records,
      AppLocks locks,
      AppAddresses addresses,
      Duration retireAfter,
      Predicate<String> isReported) {
    this.target = target;
    this.records = records;
    this.locks = locks;
    this.addresses = addresses;
    this.retireAfter = retireAfter;
    this.isReported = isReported;
    records.all().forEach(this::note);
  }

  /** Takes over what a record says is to go. */
  void note(AppRecord app) {
    if (app.retiring().isEmpty()) {
      waiting.remove(app.appId());
    } else {
      waiting.put(app.appId(), app.retiring());
    }
  }

  /** Whether any version is on its way out. */
  public boolean isNeeded() {
    return !waiting.isEmpty();
  }

  /** The apps of which a version is on its way out. */
  public List<String> apps() {
    return List.copyOf(waiting.keySet());
  }

  /** Takes away what nobody uses any more of one app. One that is being deployed is passed over. */
  public void retire(@Body String appId) {
    Optional<AppLocks.Held> held = locks.tryAcquire(appId);
    if (held.isPresent()) {
      try (AppLocks.Held ignored = held.get()) {
        for (Retiring version : waiting.getOrDefault(appId, List.of())) {
          if (isDue(version)) {
            remove(appId, version);
          }
        }
      } catch (BuildFailure e) {
        log.warn("An older version of app {} stays for now: {}", appId, e.getMessage());
      }
    }
  }

  /**
   * The same, but waits: the next version needs the port of the last but one. For who holds the
   * app.
   */
  void finish(Build build) throws BuildFailure {
    String appId = build.job().appId();
    for (Retiring version : waiting.getOrDefault(appId, List.of())) {
      boolean told = false;
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

  /** Takes all of them away at once. For who holds the app. */
  void hurry(String appId) throws BuildFailure {
    for (Retiring version : waiting.getOrDefault(appId, List.of())) {
      remove(appId, version);
    }
  }

  private boolean isDue(Retiring version) {
    if (!addresses.areStable() && !isReported.test(version.successor())) {
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
    if (records.find(appId).isEmpty()) {
      // the app was removed
      waiting.remove(appId);
      return;
    }
    note(
        records.update(
            appId,
            app ->
                app.withRetiring(
                    app.retiring().stream().filter(other -> !other.equals(version)).toList())));
  }
}
