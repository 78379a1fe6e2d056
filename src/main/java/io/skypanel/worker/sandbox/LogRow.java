package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * One row of a deployment's build log.
 *
 * @param at when the panel took it, by the panel's clock (the worker's timestamp is ignored)
 * @param level debug, info, warn or error
 * @param message never empty, may have many lines
 * @param metadata an object, empty if none was sent
 * @param byPanel whether the panel wrote it itself, on a status
 */
public record LogRow(Instant at, String level, String message, JsonNode metadata, boolean byPanel) {

  /** Whether the panel called something a failed build that is none. */
  public boolean isFalse() {
    return byPanel
        && level.equals("error")
        && !metadata.path("finalStatus").asText().endsWith("_failed");
  }
}
