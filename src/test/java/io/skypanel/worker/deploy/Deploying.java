package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.ingress.Ingress;
import io.skypanel.worker.settings.WorkerSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The step {@code deploy} with all that belongs to it. */
final class Deploying {
  final AppLocks locks = new AppLocks();
  final AppAddresses addresses;
  final Retirement retirement;
  final KeepApps keepApps;
  final DeployApp deployApp;

  /** Deployments of which the panel does not know yet. */
  final Set<String> unreported = new HashSet<>();

  /** Deployments that still go on. */
  final Set<String> inFlight = new HashSet<>();

  Deploying(
      WorkerSettings settings,
      String workerId,
      DeployTarget target,
      AppRecords records,
      Optional<Ingress> ingress,
      String ownAddress,
      Duration listenWithin,
      EngineRetry retry) {
    addresses = new AppAddresses(settings, ingress, records, () -> ownAddress);
    retirement =
        new Retirement(
            target,
            records,
            locks,
            addresses,
            settings.deploy().retireAfter(),
            inFlight::contains,
            unreported::contains);
    keepApps = new KeepApps(target, records, locks, addresses);
    deployApp =
        new DeployApp(
            settings, workerId, target, records, locks, addresses, retirement, listenWithin, retry);
  }
}
