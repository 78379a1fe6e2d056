package io.skypanel.worker.panel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.fuzz.Fuzzing;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever one customer's entry of the queue is, the others' are read as they stand. */
@Tag("fuzz")
class AnswerReaderFuzz {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NEIGHBOUR = "{\"deploymentId\":\"n\",\"environment\":{\"A\":\"b\"}}";
  private static final List<String> PLAIN =
      List.of("true", "false", "null", "0", "-1.5e9", "1e-999999", "{}", "[]", "\"\"");
  private static final List<String> CHARS =
      List.of("a", "é", "€", "😀", "\\ud800", "\\u0000", "\\n", "\\\\", "\\\"", "{", "]", ",");

  @Test
  void anEntryCostsItsNeighboursNothing() {
    Fuzzing.run(
        random -> value(random, random.nextInt(6)),
        entry -> {
          String text = "{\"data\":[" + NEIGHBOUR + "," + entry + "," + NEIGHBOUR + "]}";
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

          JsonNode list =
              new AnswerReader(JSON, app -> true)
                  .read(new ByteArrayInputStream(bytes), System.nanoTime())
                  .path("data");

          JsonNode neighbour = JSON.readTree(NEIGHBOUR);
          assertThat(list.size()).isBetween(2, 3);
          assertThat(list.get(0)).isEqualTo(neighbour);
          assertThat(list.get(list.size() - 1)).isEqualTo(neighbour);
        });
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth <= 0 ? 3 : 6)) {
      case 0 -> PLAIN.get(random.nextInt(PLAIN.size()));
      case 1 -> '"' + text(random) + '"';
      case 2 -> "1" + "7".repeat(size(random));
      case 3 -> "[" + values(random, depth - 1, "") + "]";
      case 4 -> "{" + values(random, depth - 1, ":") + "}";
      default -> {
        int levels = Math.min(size(random), 5_000);
        yield "{\"a\":[".repeat(levels) + value(random, depth - 1) + "]}".repeat(levels);
      }
    };
  }

  private static String values(Random random, int depth, String colon) {
    StringBuilder values = new StringBuilder();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      values.append(i == 0 ? "" : ",");
      values.append(colon.isEmpty() ? "" : '"' + text(random) + i + '"' + colon);
      values.append(value(random, depth));
    }
    // now and then far more of them than an entry may have
    return count > 0 && colon.isEmpty() ? values + ",0".repeat(size(random)) : values.toString();
  }

  private static String text(Random random) {
    return CHARS.get(random.nextInt(CHARS.size())).repeat(size(random));
  }

  /** Mostly small; now and then beyond what is read, or what parsers read by default. */
  private static int size(Random random) {
    return switch (random.nextInt(40)) {
      case 0 -> random.nextInt(60_000);
      case 1 -> random.nextInt(5_000);
      default -> random.nextInt(5);
    };
  }
}
