package io.skypanel.worker.report;

import io.skypanel.worker.disk.JsonFile;
import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.job.Phase;
import java.io.IOException;
import java.util.Optional;

/**
 * A build in flight that an earlier version accepted and noted, and that no {@link
 * io.skypanel.worker.job.BuildJob} can hold: today's rules for its fields are stricter. It can't be
 * built, but it has to be ended.
 *
 * @param appId the panel's id of the app
 * @param deploymentId the panel's id of this deployment
 * @param phase how far it had come
 * @param conclusion its final status, if that was decided
 * @param reason the field and the rule, fit for the customer
 */
public record UnfitBuild(
    String appId, String deploymentId, Phase phase, Optional<Report> conclusion, String reason) {

  /** What is read of such a file. */
  record Noted(Job job, Phase phase, Optional<Report> conclusion) {
    record Job(String appId, String deploymentId) {}

    /** The id stands in the path of the call that ends the build. */
    boolean canBeEnded() {
      return job != null
          && job.appId() != null
          && job.deploymentId() != null
          && FieldRules.isId(job.deploymentId());
    }
  }

  /**
   * Reads a file of the journal.
   *
   * @param refused why it is no {@link JournalEntry}; thrown if the file does not say whose it is
   */
  static UnfitBuild read(byte[] content, IOException refused) throws IOException {
    Noted noted = JsonFile.parse(content, Noted.class);
    if (noted == null || !noted.canBeEnded()) {
      throw refused;
    }
    String reason =
        refused.getCause() instanceof IllegalArgumentException rule
            ? rule.getMessage()
            : "the worker can't read what it had noted of it";
    return new UnfitBuild(
        noted.job().appId(),
        noted.job().deploymentId(),
        noted.phase() == null ? Phase.CLAIM : noted.phase(),
        noted.conclusion(),
        reason);
  }

  @Override
  public String toString() {
    return "build " + deploymentId + " of app " + appId;
  }
}
