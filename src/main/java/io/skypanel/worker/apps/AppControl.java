package io.skypanel.worker.apps;

import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.engine.ContainerSwitch;
import io.skypanel.worker.engine.EngineMessage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator may do to an app. Each call blocks until it is done (seconds; longest, the 10
 * seconds that a container gets to end), gives a sentence for people, and may be repeated. A call
 * never waits for a deployment of the same app: it is refused meanwhile. Thread-safe.
 */
public final class AppControl {
  private static final Logger log = LoggerFactory.getLogger(AppControl.class);
  private static final int GRACE_SECONDS = 10;

  private final AppRecords records;
  private final AppLocks locks;
  private final ContainerSwitch containers;
  private final AppRemoval removal;
  private final AppBoard board;
  private final Surroundings surroundings;

  /**
   * @param containers starts and stops them
   * @param locks shared with deployments
   * @param board is told which ends of containers are no deaths
   */
  public AppControl(
      ContainerSwitch containers,
      AppRecords records,
      AppLocks locks,
      AppRemoval removal,
      AppBoard board,
      Surroundings surroundings) {
    this.records = records;
    this.locks = locks;
    this.containers = containers;
    this.removal = removal;
    this.board = board;
    this.surroundings = surroundings;
  }

  /**
   * Those who must know, or know better. None may throw but as its type says.
   *
   * @param addressChanged is called with the app's id, while the app is locked, after each change
   *     of its record: its address may serve another version, none, or be gone
   * @param isBeingBuilt whether a build of the app with this id runs
   * @param leftovers takes the ids of untagged images that are left to clean-up
   * @param forgotten takes the ids of deployments that will never come back
   * @param rollback brings earlier versions back
   */
  public record Surroundings(
      Consumer<String> addressChanged,
      Predicate<String> isBeingBuilt,
      Consumer<List<String>> leftovers,
      Consumer<List<String>> forgotten,
      RollbackStarter rollback) {}

  /** What is done while nobody else touches the app. */
  private interface Act {
    String on(AppRecord app) throws AppFailure;
  }

  /** Stops it; it stays stopped, whatever restarts, until it is started or deployed. */
  public String stop(AppRecord given) throws AppFailure {
    return locked(
        given,
        app -> {
          refuseIfMakingWay(app);
          String container = container(app);
          become(app, AppRecord.State.STOPPED);
          containers.stop(container, GRACE_SECONDS);
          board.forget(app.appId());
          return app.name() + " is stopped";
        });
  }

  /** Starts what was stopped. */
  public String start(AppRecord given) throws AppFailure {
    return locked(
        given,
        app -> {
          refuseIfMakingWay(app);
          containers.start(container(app));
          become(app, AppRecord.State.RUNNING);
          return app.name() + " is started";
        });
  }

  /** Stops and starts it. */
  public String restart(AppRecord given) throws AppFailure {
    return locked(
        given,
        app -> {
          refuseIfMakingWay(app);
          String container = container(app);
          board.expectEnd(app.appId(), container);
          containers.restart(container, GRACE_SECONDS);
          become(app, AppRecord.State.RUNNING);
          return app.name() + " is restarted";
        });
  }

  /**
   * Begins to bring an earlier deployment back; returns before that is done.
   *
   * @param deploymentId which one; empty: the one before the current one
   */
  public String rollBack(AppRecord app, Optional<String> deploymentId) throws AppFailure {
    try {
      String begun = surroundings.rollback().begin(app, deploymentId);
      log.info("App {} ({}), as told by an operator: {}", app.name(), app.appId(), begun);
      return begun;
    } catch (RollbackStarter.NotPossible e) {
      throw new AppFailure.Refused(e.getMessage());
    } catch (UncheckedIOException e) {
      throw new AppFailure.Fault(e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new AppFailure.Fault("The engine does not say: " + EngineMessage.of(e), e);
    }
  }

  /**
   * Removes its containers, images, address and record.
   *
   * @param withVolumes whether its volumes go as well, with what the app has written to them
   */
  public String remove(AppRecord given, boolean withVolumes) throws AppFailure {
    if (surroundings.isBeingBuilt().test(given.appId())) {
      throw new AppFailure.Refused(
          given.name() + " is being built; let that end or cancel it ('skypanel-worker cancel')");
    }
    return locked(given, app -> removeAll(app, withVolumes));
  }

  /**
   * What can be removed of an app without a record, by its id: its volumes, say, which stay when
   * the app is removed without them.
   */
  public Optional<AppRecord> remains(String appId) throws AppFailure {
    try {
      return removal.hasAny(appId) ? Optional.of(AppRecord.empty(appId)) : Optional.empty();
    } catch (RuntimeException e) {
      throw new AppFailure.Fault("The engine does not say: " + EngineMessage.of(e), e);
    }
  }

  private String removeAll(AppRecord app, boolean withVolumes) {
    // what is cut off in the middle stays stopped, and can be removed again
    become(app, AppRecord.State.STOPPED);
    List<String> kept = new ArrayList<>();
    List<String> left = new ArrayList<>();
    int containersGone = removal.containers(app, GRACE_SECONDS);
    removal.networks(left);
    int imagesGone = removal.images(app, kept);
    surroundings
        .leftovers()
        .accept(app.deployments().stream().flatMap(d -> d.intermediates().stream()).toList());
    List<String> volumes = removal.volumes(app.appId());
    int volumesGone = withVolumes ? removal.removeVolumes(volumes, kept) : 0;
    surroundings
        .forgotten()
        .accept(app.deployments().stream().map(AppDeployment::deploymentId).toList());
    records.remove(app.appId());
    board.forget(app.appId());
    surroundings.addressChanged().accept(app.appId());
    StringBuilder done =
        new StringBuilder(
            "%s is removed, with %d container(s), %d image(s) and %d volume(s)"
                .formatted(app.name(), containersGone, imagesGone, volumesGone));
    if (!withVolumes && !volumes.isEmpty()) {
      done.append("; volumes that stay: ").append(String.join(", ", volumes));
    }
    if (!kept.isEmpty()) {
      done.append("; in use by something else, so it stays: ").append(String.join(", ", kept));
    }
    if (!left.isEmpty()) {
      done.append("; not removed, so clean-up tries again: ").append(String.join(", ", left));
    }
    return done.toString();
  }

  private void become(AppRecord app, AppRecord.State state) {
    records.update(app.appId(), now -> now.in(state));
    surroundings.addressChanged().accept(app.appId());
  }

  /** Its successor may still run after a kill of the worker, and use the same volumes. */
  private static void refuseIfMakingWay(AppRecord app) throws AppFailure {
    if (app.state() == AppRecord.State.MAKING_WAY) {
      throw new AppFailure.Refused(
          app.name() + " is being deployed; it runs again within a minute if that was cut off");
    }
  }

  private static String container(AppRecord app) throws AppFailure {
    return app.current()
        .flatMap(AppDeployment::containerId)
        .orElseThrow(
            () ->
                new AppFailure.Refused(
                    app.name() + " has no version that ever came up; deploy it first"));
  }

  private String locked(AppRecord given, Act act) throws AppFailure {
    String appId = given.appId();
    Optional<AppLocks.Held> lock = locks.tryAcquire(appId);
    if (lock.isEmpty()) {
      throw new AppFailure.Refused(
          given.name() + " is being deployed, or somebody else acts on it; try again after that");
    }
    try (AppLocks.Held held = lock.get()) {
      // a deployment may have ended since the record was read
      String done = act.on(records.find(appId).orElse(given));
      log.info("{} ({}), as told by an operator", done, appId);
      return done;
    } catch (NotFoundException gone) {
      throw new AppFailure.Refused(
          given.name() + " has no container any more; deploy it again or remove it");
    } catch (UncheckedIOException e) {
      throw new AppFailure.Fault(e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new AppFailure.Fault("The engine did not do it: " + EngineMessage.of(e), e);
    }
  }
}
