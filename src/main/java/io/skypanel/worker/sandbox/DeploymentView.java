package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * What the panel knows of one deployment, at one moment.
 *
 * @param id the deployment's id
 * @param appId its app
 * @param status the row's status now
 * @param statuses every status that was taken for it, in order; {@code pending} is not among them
 * @param errorMessage the last one sent; a later success does not clear it
 * @param result the last {@code result} sent; a missing node if none was
 * @param buildLog rows of the build log, oldest first, the panel's own among them
 * @param statusLogs the last {@code logs} that came with a status; each replaces the one before
 */
public record DeploymentView(
    String id,
    String appId,
    String status,
    List<String> statuses,
    Optional<String> errorMessage,
    JsonNode result,
    List<LogRow> buildLog,
    Optional<String> statusLogs) {

  /** The messages of the build log that the worker wrote, joined by line ends. */
  public String workerLog() {
    return String.join(
        "\n", buildLog.stream().filter(r -> !r.byPanel()).map(LogRow::message).toList());
  }
}
