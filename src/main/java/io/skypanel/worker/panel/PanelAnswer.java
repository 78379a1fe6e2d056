package io.skypanel.worker.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.skypanel.worker.job.Shown;
import java.time.Duration;
import java.util.Optional;

/**
 * What came back from the panel, or that nothing did.
 *
 * @param status the HTTP status; 0 when there was no answer
 * @param body the JSON body; a missing node when there is none or it is no JSON
 * @param problem why there was no usable answer, for people; empty if there was one
 * @param retryAfter how long the panel asks to wait
 */
public record PanelAnswer(
    int status, JsonNode body, Optional<String> problem, Optional<Duration> retryAfter) {
  /** The field that is true of an entry of a list that was too large to be read as a whole. */
  public static final String SHORTENED = "skypanel-worker:shortened";

  /** No answer at all. */
  public static PanelAnswer none(String problem) {
    return new PanelAnswer(0, MissingNode.getInstance(), Optional.of(problem), Optional.empty());
  }

  /** A 2xx; what body there was is JSON. */
  public boolean succeeded() {
    return status >= 200 && status < 300 && problem.isEmpty();
  }

  /** One phrase for logs: the status with the panel's own {@code error}, or why there is none. */
  public String describe() {
    String said = Shown.of(body.path("error").asText(body.path("message").asText("")));
    String text = problem.orElse(said);
    if (status == 0) {
      return text;
    }
    return text.isEmpty() ? "HTTP " + status : "HTTP " + status + ", " + text;
  }
}
