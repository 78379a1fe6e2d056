package io.skypanel.worker.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.BuildFailure;

/** Turns what docker-java throws into a sentence. */
final class EngineErrors {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EngineErrors() {}

  /** The engine's own words, out of {@code Status 500: {"message":"…"}}. */
  static String message(RuntimeException e) {
    String text = String.valueOf(e.getMessage());
    int brace = text.indexOf('{');
    if (brace >= 0) {
      try {
        String message = JSON.readTree(text.substring(brace)).path("message").textValue();
        return message == null ? text : message.strip();
      } catch (JsonProcessingException notJson) {
        return text;
      }
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == e ? text : text + " (" + root.getMessage() + ")";
  }

  static BuildFailure.WorkerFault fault(String what, RuntimeException e) {
    return new BuildFailure.WorkerFault(what + ": " + message(e), e);
  }
}
