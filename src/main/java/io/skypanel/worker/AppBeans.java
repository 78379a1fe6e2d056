package io.skypanel.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.skypanel.worker.apps.AppBoard;
import io.skypanel.worker.apps.AppControl;
import io.skypanel.worker.apps.AppEvents;
import io.skypanel.worker.apps.AppLocks;
import io.skypanel.worker.apps.AppNames;
import io.skypanel.worker.apps.AppOverview;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.AppRemoval;
import io.skypanel.worker.engine.ContainerSwitch;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.status.AppAccess;

/** The wiring of what watches the deployed apps and acts on them. */
final class AppBeans {
  final AppOverview overview;
  final AppAccess access;
  private final DockerEngine engine;
  private final String workerId;
  private final AppBoard board;

  AppBeans(
      DockerEngine engine,
      String workerId,
      AppRecords records,
      AppLocks locks,
      AppNetworks networks,
      MeterRegistry meters,
      AppControl.Surroundings surroundings,
      Redaction redaction) {
    this.engine = engine;
    this.workerId = workerId;
    meters.gauge("skypanel.apps", records, AppRecords::count);
    board = new AppBoard(records::find, meters, System::nanoTime);
    overview = new AppOverview(engine, workerId, records, board);
    var power = new ContainerSwitch(engine.client(), networks::rejoin);
    access =
        new AppAccess(
            overview,
            new AppNames(records),
            new AppControl(
                power,
                records,
                locks,
                new AppRemoval(engine, workerId, power, networks),
                board,
                surroundings),
            engine,
            redaction);
  }

  /** Begins to listen to the engine's events, until it is closed. */
  AppEvents listen() {
    return AppEvents.listen(engine, workerId, board);
  }
}
