package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.settings.PortRange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Chooses host ports and keeps them: each app owns up to two, recorded before they are used, and
 * alternates between them, so that the old and the new version run side by side for a moment.
 * Thread-safe.
 */
final class HostPorts {
  private static final int PORTS_PER_APP = 2;

  private final PortRange range;
  private final AppRecords records;
  private final IntPredicate bindable;

  /**
   * Chooses out of {@code range}.
   *
   * @param bindable whether this machine lets a port be bound; only asked for ports that are free
   *     otherwise
   */
  HostPorts(PortRange range, AppRecords records, IntPredicate bindable) {
    this.range = range;
    this.records = records;
    this.bindable = bindable;
  }

  /**
   * A port for the app's next deployment, recorded as its own.
   *
   * @param taken ports that something on the engine is published on
   * @param refused ports that the engine has refused just now
   * @param both whether the app's second port must be known beforehand, as an ingress needs it
   * @throws BuildFailure.WorkerFault if the range has none left
   */
  synchronized int choose(String appId, Set<Integer> taken, Set<Integer> refused, boolean both)
      throws BuildFailure {
    int port = choose(appId, taken, refused);
    if (both && records.find(appId).orElseThrow().ports().size() < PORTS_PER_APP) {
      Set<Integer> andThis = new HashSet<>(refused);
      andThis.add(port);
      int other = choose(appId, taken, andThis);
      records.update(appId, app -> app.withPorts(List.of(port, other)));
    }
    return port;
  }

  private int choose(String appId, Set<Integer> taken, Set<Integer> refused) throws BuildFailure {
    Set<Integer> unusable = new HashSet<>(taken);
    unusable.addAll(refused);
    List<Integer> own = records.find(appId).map(AppRecord::ports).orElse(List.of());
    for (int port : own) {
      if (range.contains(port) && !unusable.contains(port) && bindable.test(port)) {
        return port;
      }
    }
    Set<Integer> inUse = Set.copyOf(unusable);
    records.all().forEach(app -> unusable.addAll(app.ports()));
    for (int port = range.first(); port <= range.last(); port++) {
      if (!unusable.contains(port) && bindable.test(port)) {
        own(appId, port, inUse);
        return port;
      }
    }
    throw new BuildFailure.WorkerFault(
        "No host port is free for app "
            + appId
            + ": all of "
            + range.first()
            + "-"
            + range.last()
            + " are in use; widen APP_PORT_RANGE or remove apps",
        null);
  }

  /** Records the new port; of the older two, one on which the app still runs is kept. */
  private void own(String appId, int port, Set<Integer> inUse) {
    records.update(
        appId,
        app -> {
          int running = app.current().map(d -> d.hostPort().orElse(-1)).orElse(-1);
          List<Integer> kept =
              app.ports().stream()
                  .filter(p -> p == running || (range.contains(p) && !inUse.contains(p)))
                  .sorted((a, b) -> Boolean.compare(b == running, a == running))
                  .limit(PORTS_PER_APP - 1)
                  .toList();
          return app.withPorts(kept.isEmpty() ? List.of(port) : List.of(kept.get(0), port));
        });
  }
}
