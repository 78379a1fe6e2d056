package io.skypanel.worker.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;

/** JSON with the known names in it, and anything where something is expected. */
public record HostileJson(Random random, List<String> names, List<String> values) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String ODD =
      "az09AZ-_./:@=~^?*[\\ \n\t\r\0\u001b\u202e\u2028\ufffe\ud800\udfffé漢%$`'\"{}#";

  /** Anything at all, so deep at most. */
  public JsonNode any(int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 8)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(random.nextBoolean());
      case 2 -> JSON.numberNode(random.nextLong());
      case 3 -> JSON.numberNode(random.nextBoolean() ? random.nextGaussian() : 1e308);
      case 4 -> JSON.numberNode(BigInteger.TEN.pow(random.nextInt(400)));
      case 5 -> JSON.textNode(text());
      case 6, 7 -> JSON.textNode(values.get(random.nextInt(values.size())));
      case 8 -> array(depth);
      default -> object(depth);
    };
  }

  /** An object with some of the known names in it. */
  public ObjectNode object(int depth) {
    ObjectNode object = JSON.objectNode();
    int fields = random.nextInt(names.size() + 2);
    for (int i = 0; i < fields; i++) {
      boolean known = random.nextInt(8) > 0;
      object.set(known ? names.get(random.nextInt(names.size())) : text(), any(depth - 1));
    }
    return object;
  }

  private ArrayNode array(int depth) {
    ArrayNode array = JSON.arrayNode();
    for (int i = random.nextInt(4); i > 0; i--) {
      array.add(any(depth - 1));
    }
    return array;
  }

  /** Odd characters, at times many of them. */
  public String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(random.nextInt(40) == 0 ? 10_000 : 30);
    for (int i = 0; i < length; i++) {
      text.append(ODD.charAt(random.nextInt(ODD.length())));
    }
    return text.toString();
  }
}
