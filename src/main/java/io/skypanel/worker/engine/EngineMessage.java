package io.skypanel.worker.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Turns what docker-java throws into words for people. */
public final class EngineMessage {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EngineMessage() {}

  /** The engine's own words, out of {@code Status 500: {"message":"…"}}; else the root cause's. */
  public static String of(RuntimeException e) {
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
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
