package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The four shapes in which panels hand out their queued builds. */
public enum PayloadShape {
  /** Today's: {@code {"success":true,"data":{"builds":[…]}}}. */
  DATA_BUILDS,
  /** {@code {"data":[…]}}. */
  DATA,
  /** The legacy one: {@code {"builds":[…]}}. */
  BUILDS,
  /** {@code […]}. */
  BARE;

  JsonNode wrap(ArrayNode builds) {
    ObjectNode object = Json.object();
    return switch (this) {
      case DATA_BUILDS -> {
        object.put("success", true).putObject("data").set("builds", builds);
        yield object;
      }
      case DATA -> object.set("data", builds);
      case BUILDS -> object.set("builds", builds);
      case BARE -> builds;
    };
  }
}
