package io.skypanel.worker.apps;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.QueuedBuild;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * A deployment that the panel queues to have an earlier one back: that one's image is started
 * again, and nothing is checked out or built. The new deployment has its own id, and the job's own
 * variables. Thread-safe.
 */
public final class Rollback {
  private static final String IS_ROLLBACK = "is_rollback";

  /** Where panels say which deployment is to come back; the first that is there counts. */
  private static final List<String> WANTED =
      List.of("rollback_to_deployment", "target_deployment_id", "rollback_from_deployment");

  /** As many as a sentence takes. */
  private static final int NAMED = 10;

  private final Launches launches;
  private final AppRecords records;
  private final Predicate<BuiltImage> isInEngine;

  /**
   * @param launches what can be started again
   * @param records which deployments an app has had
   * @param isInEngine whether an image is still there
   */
  public Rollback(Launches launches, AppRecords records, Predicate<BuiltImage> isInEngine) {
    this.launches = launches;
    this.records = records;
    this.isInEngine = isInEngine;
  }

  /** Whether the build is a rollback that begins; a resumed one has its image already. */
  public boolean isWanted(@Variable("queued") QueuedBuild queued) {
    return queued instanceof BuildJob job
        && job.hint(IS_ROLLBACK).filter("true"::equalsIgnoreCase).isPresent();
  }

  /**
   * The image of the deployment that is to come back, with the name it was built under.
   *
   * @throws BuildFailure.UserFault if there is none any more; it says which there are
   */
  public BuiltImage image(@Variable("build") Build build) throws BuildFailure {
    BuildJob job = build.job();
    String wanted =
        WANTED.stream()
            .flatMap(name -> job.hint(name).stream())
            .findFirst()
            .orElseThrow(
                () ->
                    new BuildFailure.UserFault(
                        "This rollback does not say to which deployment; its metadata needs "
                            + WANTED.get(0)));
    BuiltImage image =
        find(wanted, job)
            .orElseThrow(
                () ->
                    new BuildFailure.UserFault(
                        "Deployment "
                            + wanted
                            + " of this app is not kept here any more; "
                            + kept(job)
                            + "; deploy its commit again"));
    build
        .progress()
        .info(
            "Going back to deployment "
                + wanted
                + " of commit "
                + image.checkout().commit().sha()
                + "; its image is started again, nothing is built");
    return image;
  }

  private Optional<BuiltImage> find(String deploymentId, BuildJob job) {
    return launches
        .find(deploymentId)
        .filter(launch -> launch.job().appId().equals(job.appId()))
        .map(launch -> launch.image(records.find(job.appId()).orElse(AppRecord.empty(job.appId()))))
        .filter(isInEngine);
  }

  private String kept(BuildJob job) {
    String ids =
        records.find(job.appId()).stream()
            .flatMap(app -> app.deployments().stream())
            .map(AppDeployment::deploymentId)
            .filter(id -> find(id, job).isPresent())
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    return ids.isEmpty() ? "none is kept" : "kept are " + ids;
  }

  /** Keeps what a later rollback to this deployment needs. */
  public void keep(@Variable("job") BuildJob job, @Body Deployment deployment) {
    launches.keep(job, deployment.image());
  }
}
