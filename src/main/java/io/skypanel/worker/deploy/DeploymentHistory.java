package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecord.Retiring;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How one deployment changes its app's record. Pure but for the time of day. */
record DeploymentHistory(BuiltImage image, BuildJob job) {

  /** Whether this deployment is the one that serves by the record. */
  boolean isCurrent(Optional<AppRecord> app) {
    return app.flatMap(AppRecord::current)
        .filter(d -> d.deploymentId().equals(job.deploymentId()))
        .isPresent();
  }

  /** Once it serves: whatever else there is of the app is to go. */
  AppRecord served(
      AppRecord app,
      Candidate candidate,
      boolean listened,
      Optional<String> url,
      List<DeployTarget.Version> others) {
    List<Retiring> retiring =
        others.stream()
            .map(o -> new Retiring(o.id(), o.hostPort().orElse(0), job.deploymentId()))
            .toList();
    OptionalInt port = candidate.spec().hostPort();
    return app.with(entry(Optional.of(candidate.id()), port, listened && port.isPresent(), url))
        .in(AppRecord.State.RUNNING)
        .withRetiring(retiring);
  }

  /** Once it has failed: all is as it was before, but for the entry that says so. */
  AppRecord failed(AppRecord app, Optional<AppRecord> before) {
    AppRecord old = before.orElse(AppRecord.empty(job.appId()).withAddress(app.address()));
    String id = job.deploymentId();
    AppRecord restored =
        app.withAddress(old.address().or(app::address))
            .in(stateAfterFailure(old))
            .withRetiring(
                old.retiring().stream()
                    .filter(version -> !version.successor().equals(id))
                    .toList());
    boolean hadServed = old.deployment(id).filter(AppDeployment::served).isPresent();
    // a way back that failed leaves the history as it was: the image had served once
    return hadServed && !isCurrent(before)
        ? restored.withDeployments(old.deployments())
        : restored.with(entry(Optional.empty(), OptionalInt.empty(), false, Optional.empty()));
  }

  /** An app with volumes may have made way, however far this deployment came after that. */
  private AppRecord.State stateAfterFailure(AppRecord old) {
    return old.state() == AppRecord.State.RUNNING
            && old.current().isPresent()
            && !image.run().volumes().isEmpty()
        ? AppRecord.State.MAKING_WAY
        : old.state();
  }

  private AppDeployment entry(
      Optional<String> containerId, OptionalInt hostPort, boolean listened, Optional<String> url) {
    return new AppDeployment(
        job.deploymentId(),
        image.checkout().commit().sha(),
        image.ref().toString(),
        image.id(),
        image.intermediates(),
        containerId,
        ImageRef.containerName(job),
        hostPort,
        Instant.now(),
        containerId.isPresent(),
        listened,
        url);
  }
}
