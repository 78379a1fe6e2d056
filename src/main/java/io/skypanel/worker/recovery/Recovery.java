package io.skypanel.worker.recovery;

import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.report.EarlierReports;
import io.skypanel.worker.report.Journal;
import io.skypanel.worker.report.JournalEntry;
import io.skypanel.worker.report.Reports;
import io.skypanel.worker.report.UnfitBuild;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up the builds that were in flight when the worker was killed, before the first poll: each
 * is carried on, built anew or ended with one final status, and what it left half done is removed.
 */
public final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final Journal journal;
  private final Reports reports;
  private final EarlierReports earlier;
  private final Intake intake;
  private final Predicate<BuiltImage> isInEngine;
  private final Consumer<BuildJob> removeRemains;
  private final Consumer<String> leaveImages;

  /**
   * @param isInEngine whether an image is still there
   * @param removeRemains removes a build's workspace, container and image; what it throws, it has
   *     left to clean-up
   * @param leaveImages leaves to clean-up the images that a build's log names; does not throw
   */
  public Recovery(
      Journal journal,
      Reports reports,
      EarlierReports earlier,
      Intake intake,
      Predicate<BuiltImage> isInEngine,
      Consumer<BuildJob> removeRemains,
      Consumer<String> leaveImages) {
    this.journal = journal;
    this.reports = reports;
    this.earlier = earlier;
    this.intake = intake;
    this.isInEngine = isInEngine;
    this.removeRemains = removeRemains;
    this.leaveImages = leaveImages;
  }

  /** Whether an earlier run left any build. */
  public boolean isNeeded() {
    return !journal.interrupted().isEmpty() || !journal.unfit().isEmpty();
  }

  /**
   * Decides about each build that an earlier run left.
   *
   * @param queued what the panel has in its queue now
   * @return the builds that go on; each has its slot
   */
  public List<QueuedBuild> decide(@Body List<QueuedBuild> queued) {
    Set<String> pending =
        queued.stream()
            .filter(BuildJob.class::isInstance)
            .map(build -> ((BuildJob) build).deploymentId())
            .collect(Collectors.toSet());
    journal.unfit().forEach(build -> end(build, pending));
    List<QueuedBuild> goOn = new ArrayList<>();
    for (JournalEntry entry : journal.interrupted()) {
      BuildJob job = entry.job();
      boolean isBuilt = entry.image().filter(isInEngine).isPresent();
      if (entry.conclusion().isPresent()) {
        log.info("{} had ended; its status is delivered", job);
        if (!entry.conclusion().get().status().equals("deployed")) {
          remove(job);
        }
        earlier.repeat(entry, entry.conclusion().get());
      } else if (pending.contains(job.deploymentId())
          && !(isBuilt && earlier.willBeTakenOffTheQueue(job))) {
        log.info("{} is in the panel's queue still; it begins anew", job);
        remove(job);
        earlier.forget(job.deploymentId());
      } else if (isBuilt) {
        log.info("{} goes on from its image", job);
        intake.readmit(job);
        goOn.add(new QueuedBuild.Resumed(job, entry.image().get()));
      } else {
        log.warn("{} was cut off in stage {} and ends as failed", job, entry.phase().label());
        remove(job);
        reports.interrupted(entry);
      }
    }
    return goOn;
  }

  private void remove(BuildJob job) {
    try {
      removeRemains.accept(job);
    } catch (Throwable e) {
      // or it would come again at each try, and the worker never poll
      log.warn("What {} left half done is left to clean-up: {}", job, e.toString());
    }
    leaveImages.accept(earlier.logOf(job.deploymentId()));
  }

  /** What it left half done is clean-up's, which must be told of its images alone. */
  private void end(UnfitBuild build, Set<String> pending) {
    if (build.conclusion().isEmpty()) {
      leaveImages.accept(earlier.logOf(build.deploymentId()));
    }
    if (build.conclusion().isEmpty() && pending.contains(build.deploymentId())) {
      log.info("{} is in the panel's queue still, and fit now; it begins anew", build);
      earlier.forget(build.deploymentId());
    } else {
      log.error("{}, of an earlier version, can't be carried on: {}", build, build.reason());
      earlier.end(build);
    }
  }
}
