package io.skypanel.worker.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NEIGHBOUR = "{\"deploymentId\":\"neighbour\",\"env\":{\"A\":\"b\"}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "17",
        "\"text\"",
        "[]",
        "{\"success\":true,\"data\":{\"builds\":[{\"a\":[1,2.5,null,true,{\"b\":[[]]}]},7,[8]]}}"
      })
  void whatFitsIsReadAsItStands(String text) throws IOException {
    assertThat(read(text)).isEqualTo(JSON.readTree(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{},", "{\"env\":{\"A\":\"b\"}},", "0,", "[[[]]],"})
  void anEntryOfTooManyValuesIsShortenedAndItsNeighboursAreNot(String part) throws IOException {
    String many = part.repeat((9 << 20) / part.length());
    String giant =
        "{\"metadata\":[%s0],\"deploymentId\":\"giant\",\"appId\":\"app\",\"more\":{\"a\":1}}"
            .formatted(many);

    JsonNode list = read("[" + NEIGHBOUR + "," + giant + "," + NEIGHBOUR + "]");

    assertThat(list).hasSize(3);
    assertThat(list.get(0)).isEqualTo(JSON.readTree(NEIGHBOUR)).isEqualTo(list.get(2));
    assertThat(list.get(1).path(PanelAnswer.SHORTENED).asBoolean()).isTrue();
    assertThat(list.get(1).path("deploymentId").asText()).isEqualTo("giant");
    assertThat(list.get(1).path("appId").asText()).isEqualTo("app");
    assertThat(list.get(1).has("more")).isFalse();
  }

  @Test
  void anEntryOfTooManyCharactersIsShortened() throws IOException {
    String giant =
        "{\"environment\":{\"A\":\"%s\"},\"deploymentId\":\"giant\"}"
            .formatted("x".repeat(5 << 20));

    JsonNode entry = read("{\"data\":[" + giant + "]}").path("data").get(0);

    assertThat(entry.path(PanelAnswer.SHORTENED).asBoolean()).isTrue();
    assertThat(entry.path("deploymentId").asText()).isEqualTo("giant");
    assertThat(entry.path("environment")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("oddValues")
  void whatNoJobHasEndsItsEntryAlone(String kind, String odd) throws IOException {
    String giant =
        "{\"deploymentId\":\"giant\",\"environment\":{%s},\"appId\":\"app\"}".formatted(odd);

    JsonNode list =
        read("{\"data\":[" + NEIGHBOUR + "," + giant + "," + NEIGHBOUR + "]}").path("data");

    assertThat(list).hasSize(3);
    assertThat(list.get(0)).isEqualTo(JSON.readTree(NEIGHBOUR)).isEqualTo(list.get(2));
    assertThat(list.get(1).path(PanelAnswer.SHORTENED).asBoolean()).isTrue();
    assertThat(list.get(1).path("deploymentId").asText()).isEqualTo("giant");
    assertThat(list.get(1).path("appId").asText()).isEqualTo("app");
  }

  static Stream<Arguments> oddValues() {
    return Stream.of(
        Arguments.of("long name", "\"" + "A".repeat(51_000) + "\":\"x\""),
        Arguments.of("longer name", "\"" + "A".repeat(10 << 20) + "\":\"x\""),
        Arguments.of("deep", "\"A\":" + "[".repeat(1_001) + "]".repeat(1_001)),
        Arguments.of("deeper", "\"A\":" + "{\"a\":".repeat(90_000) + "1" + "}".repeat(90_000)),
        Arguments.of("long number", "\"A\":" + "9".repeat(1 << 20)),
        Arguments.of("long text", "\"A\":\"" + "x".repeat(21_000_000) + "\""));
  }

  @Test
  void entriesOfAppsThatAreNotAskedForAreLeftOut() throws IOException {
    String ours = "{\"deploymentId\":\"1\",\"appId\":\"ours\",\"metadata\":{\"appId\":\"theirs\"}}";
    String theirs =
        "{\"deploymentId\":\"2\",\"appId\":\"theirs\",\"env\":{\"A\":[{\"b\":{}}]},\"c\":1}";
    String nobodys = "{\"deploymentId\":\"3\",\"appId\":17}";
    List<String> asked = new ArrayList<>();

    JsonNode list =
        read(
                "{\"appId\":\"theirs\",\"data\":["
                    + String.join(",", theirs, ours, nobodys, theirs)
                    + "]}",
                app -> asked.add(app) && app.equals("ours"))
            .path("data");

    assertThat(list).containsExactly(JSON.readTree(ours), JSON.readTree(nobodys));
    assertThat(asked).containsExactly("theirs", "ours", "theirs");
  }

  @Test
  void aLongNumberInAnEntrysPlaceIsPassedOver() throws IOException {
    assertThat(read("[" + NEIGHBOUR + "," + "9".repeat(8 << 20) + "]")).hasSize(1);
  }

  @Test
  void moreValuesThanFitIntoTheMemoryAreTooLarge() {
    assertThatThrownBy(() -> read("[" + "0,".repeat(AnswerReader.MAX_VALUES) + "0]"))
        .isInstanceOf(AnswerReader.TooLarge.class)
        .hasMessage("the answer has more than 500000 values");
  }

  @Test
  void whatIsNestedAsDeepAsItMayFitsTheSmallestStack() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    String deep = "{\"a\":[".repeat(499) + "]}".repeat(499);
    Thread small = new Thread(null, () -> readInto(thrown, deep), "small", 512 << 10);
    small.start();
    small.join();

    assertThat(thrown.get()).isNull();
  }

  private static void readInto(AtomicReference<Throwable> thrown, String text) {
    try {
      read(text);
    } catch (IOException | StackOverflowError e) {
      thrown.set(e);
    }
  }

  private static JsonNode read(String text) throws IOException {
    return read(text, app -> true);
  }

  private static JsonNode read(String text, Predicate<String> ofApps) throws IOException {
    return new AnswerReader(JSON, ofApps)
        .read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), System.nanoTime());
  }
}
