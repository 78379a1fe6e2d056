package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.ingress.Ingress;
import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code keep-apps}: at start and every minute, what the records say is made
 * true again. One thread at a time.
 */
public final class KeepApps {
  private static final Logger log = LoggerFactory.getLogger(KeepApps.class);

  private final DeployTarget target;
  private final AppRecords records;
  private final AppLocks locks;
  private final AppAddresses addresses;
  private volatile boolean failing;

  public KeepApps(DeployTarget target, AppRecords records, AppLocks locks, AppAddresses addresses) {
    this.target = target;
    this.records = records;
    this.locks = locks;
    this.addresses = addresses;
  }

  /** Starts the apps again that had made way for a successor when the worker was killed. */
  public void resume() {
    for (AppRecord app : records.all()) {
      if (app.state() == AppRecord.State.MAKING_WAY) {
        locks.tryAcquire(app.appId()).ifPresent(held -> bringBack(app, held));
      }
    }
  }

  private void bringBack(AppRecord app, AppLocks.Held held) {
    try (held) {
      bringBack(target, records, app.appId());
    } catch (BuildFailure e) {
      log.warn("App {} can't be started again: {}", app.appId(), e.getMessage());
    }
  }

  /**
   * Starts the app again that had made way for a successor, unless that still runs: both use its
   * volumes. For who holds the app.
   */
  static void bringBack(DeployTarget target, AppRecords records, String appId) throws BuildFailure {
    Optional<AppRecord> app =
        records.find(appId).filter(a -> a.state() == AppRecord.State.MAKING_WAY);
    if (app.isEmpty()) {
      return;
    }
    String id = app.get().current().flatMap(AppDeployment::containerId).orElse("");
    List<DeployTarget.Version> versions = target.others(appId, "");
    if (versions.stream().anyMatch(version -> version.runs() && !version.id().equals(id))) {
      throw new BuildFailure.WorkerFault("its successor still runs", null);
    }
    Optional<DeployTarget.Version> own =
        versions.stream().filter(version -> version.id().equals(id)).findFirst();
    if (own.isEmpty()) {
      log.warn("The container of app {} is gone; deploy it again", appId);
    } else if (!own.get().runs()) {
      target.resume(id);
      log.info("App {} runs again, as it did before", appId);
    }
    records.update(appId, a -> a.in(AppRecord.State.RUNNING));
  }

  /** Puts the ingress right; one that is away is told once, until it is back. */
  public void align() {
    try {
      addresses.align();
      if (failing) {
        log.info("The ingress is in line again");
      }
      failing = false;
    } catch (Ingress.Unavailable e) {
      if (!failing) {
        log.warn("The ingress can't be put in line: {}; trying again", e.getMessage());
      }
      failing = true;
    }
  }
}
