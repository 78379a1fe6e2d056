package io.skypanel.worker;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.apps.RollbackStarter;
import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.QueuedBuild;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Begins an operator's rollback: the earlier deployment goes through the build queue like one that
 * a restart had interrupted after its image was made. Thread-safe.
 */
final class StartRollback implements RollbackStarter {
  private final Launches launches;
  private final Intake intake;
  private final Predicate<BuiltImage> isInEngine;
  private final Queue queue;

  /** The build queue. */
  interface Queue {
    /** Puts a build on it; false if it takes none at present. */
    boolean add(QueuedBuild build);
  }

  StartRollback(Launches launches, Intake intake, Predicate<BuiltImage> isInEngine, Queue queue) {
    this.launches = launches;
    this.intake = intake;
    this.isInEngine = isInEngine;
    this.queue = queue;
  }

  @Override
  public String begin(AppRecord app, Optional<String> deploymentId) throws NotPossible {
    String wanted = deploymentId.isPresent() ? deploymentId.get() : before(app);
    if (app.current().filter(d -> d.deploymentId().equals(wanted)).isPresent()) {
      throw new NotPossible(app.name() + " is at deployment " + wanted + " already");
    }
    Launches.Launch launch =
        launches
            .find(wanted)
            .filter(kept -> kept.job().appId().equals(app.appId()))
            .filter(kept -> isInEngine.test(kept.image()))
            .orElseThrow(
                () ->
                    new NotPossible(
                        "Deployment "
                            + wanted
                            + " of "
                            + app.name()
                            + " is not kept here any more; deploy its commit again"));
    if (!intake.admit(launch.job())) {
      throw new NotPossible(
          app.name() + " is being built, or the worker takes no builds; try again later");
    }
    if (!queue.add(new QueuedBuild.Resumed(launch.job(), launch.image(app)))) {
      intake.release(launch.job());
      throw new NotPossible("The build queue takes nothing at present; try again later");
    }
    return app.name() + " goes back to deployment " + wanted;
  }

  private static String before(AppRecord app) throws NotPossible {
    return app.deployments().stream()
        .filter(AppDeployment::served)
        .skip(1)
        .findFirst()
        .map(AppDeployment::deploymentId)
        .orElseThrow(() -> new NotPossible(app.name() + " has no earlier version that served"));
  }
}
