package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;

/**
 * A call that the panel got.
 *
 * @param at since the panel was made, by the monotonic clock
 * @param method GET, POST, …
 * @param path without the base path and the query
 * @param authorization the header's value, empty if absent
 * @param body as it came, in UTF-8; cut at 1,048,576 characters
 * @param status what was answered, 0 when the connection was dropped
 */
public record PanelCall(
    Duration at, String method, String path, String authorization, String body, int status) {
  static final int KEPT_BODY_CHARS = 1 << 20;

  /** The body as JSON; a missing node if it is none. */
  public JsonNode json() {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** Whether method and path read {@code line}, such as {@code POST /api/paas/worker/register}. */
  public boolean is(String line) {
    return line.equals(method + " " + path);
  }
}
