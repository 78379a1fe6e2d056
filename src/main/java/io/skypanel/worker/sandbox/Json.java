package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** JSON as the panel reads it: a field that JavaScript calls falsy counts as missing. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static String pretty(JsonNode node) {
    try {
      return MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  /** The field, unless it is absent, null, false, zero or an empty string. */
  static Optional<JsonNode> truthy(JsonNode object, String field) {
    JsonNode value = object.path(field);
    boolean falsy =
        value.isMissingNode()
            || value.isNull()
            || (value.isBoolean() && !value.booleanValue())
            || (value.isNumber() && value.doubleValue() == 0)
            || (value.isTextual() && value.textValue().isEmpty());
    return falsy ? Optional.empty() : Optional.of(value);
  }

  /** The truthy field as text; of an object or an array, its JSON. */
  static Optional<String> text(JsonNode object, String field) {
    return truthy(object, field).map(v -> v.isValueNode() ? v.asText() : v.toString());
  }
}
