package io.skypanel.worker.report;

import io.skypanel.worker.job.BuildJob;
import java.util.Map;
import java.util.Optional;

/**
 * One status for the panel.
 *
 * @param appId the app; reports of one app are sent in order
 * @param deploymentId the deployment
 * @param status the panel's name of the status
 * @param logs the build's log; replaces what the panel has
 * @param errorMessage one sentence, cut where it is longer than 16 Ki characters: what it quotes is
 *     others', and the panel takes 10 MiB; the panel never clears it
 * @param result stored as {@code metadata.build_result}
 */
public record Report(
    String appId,
    String deploymentId,
    String status,
    Optional<String> logs,
    Optional<String> errorMessage,
    Map<String, Object> result) {
  private static final int MESSAGE_CHARS = 16 << 10;

  public Report {
    errorMessage = errorMessage.map(e -> e.substring(0, Math.min(e.length(), MESSAGE_CHARS)));
  }

  /** A status on the way, with nothing but its name. */
  static Report status(BuildJob job, String status) {
    return new Report(
        job.appId(), job.deploymentId(), status, Optional.empty(), Optional.empty(), Map.of());
  }

  /** The same with another log. */
  Report with(String otherLogs) {
    return new Report(appId, deploymentId, status, Optional.of(otherLogs), errorMessage, result);
  }

  /** The same without its log. */
  Report withoutLogs() {
    return new Report(appId, deploymentId, status, Optional.empty(), errorMessage, result);
  }

  @Override
  public String toString() {
    return "status " + status + " of build " + deploymentId;
  }
}
