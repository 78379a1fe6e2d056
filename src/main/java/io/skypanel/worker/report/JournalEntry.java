package io.skypanel.worker.report;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Phase;
import java.util.Objects;
import java.util.Optional;

/**
 * What the journal knows of one build in flight.
 *
 * @param job the build, its environment included: it may have to be finished after a restart
 * @param phase how far it has come
 * @param image its image, once there is one
 * @param container the name of its container, once it is being started
 * @param conclusion its final status, once that is decided, without the log
 */
public record JournalEntry(
    BuildJob job,
    Phase phase,
    Optional<BuiltImage> image,
    Optional<String> container,
    Optional<Report> conclusion) {

  public JournalEntry {
    // a file that lacks it is damaged
    Objects.requireNonNull(job, "job");
  }

  static JournalEntry begun(BuildJob job) {
    return new JournalEntry(job, Phase.CLAIM, Optional.empty(), Optional.empty(), Optional.empty());
  }

  JournalEntry in(Phase next, Optional<String> containerName) {
    return new JournalEntry(job, next, image, containerName.or(() -> container), conclusion);
  }

  JournalEntry with(BuiltImage built) {
    return new JournalEntry(job, phase, Optional.of(built), container, conclusion);
  }

  JournalEntry concluded(Report report) {
    return new JournalEntry(
        job, Phase.CONCLUDE, image, container, Optional.of(report.withoutLogs()));
  }
}
