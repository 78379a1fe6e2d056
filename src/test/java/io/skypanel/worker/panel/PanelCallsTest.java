package io.skypanel.worker.panel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The panel's answers are read, whatever they are. */
class PanelCallsTest {
  private final PanelCalls calls =
      new PanelCalls(
          new ObjectMapper(),
          new SimpleMeterRegistry(),
          new PanelContact(),
          new RequestBudget(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, System::nanoTime));

  private PanelAnswer read(int status, InputStream body, String... location) {
    PanelCalls.Call call = calls.begin(PanelRequest.get(PanelRequest.Kind.POLL, "/builds/queued"));
    Map<String, Object> headers =
        location.length == 0
            ? Map.of("CamelHttpResponseCode", status)
            : Map.of("CamelHttpResponseCode", status, "Location", location[0]);
    return calls.read(call, headers, body);
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anAnswerWithoutAnEndIsGivenUpAt32Mebibytes() {
    long[] taken = {0};
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            taken[0]++;
            return ' ';
          }
        };

    assertThat(read(200, endless).problem()).contains("the answer is larger than 32 MiB");
    assertThat(taken[0]).isBetween(32L << 20, (32L << 20) + (1 << 16));
  }

  @Test
  void anAnswerThatDripsIsGivenUpAfterTwoMinutes() {
    PanelCalls.Call call =
        new PanelCalls.Call(
            PanelRequest.get(PanelRequest.Kind.POLL, "/builds/queued"),
            System.nanoTime() - Duration.ofMinutes(3).toNanos());

    PanelAnswer answer = calls.read(call, Map.of("CamelHttpResponseCode", 200), text("{}"));

    assertThat(answer.problem()).contains("the answer takes longer than 2 minutes");
  }

  @Test
  void anAnswerNestedWithoutAnEndIsNoJson() {
    assertThat(read(200, text("[".repeat(1_000_000))).problem()).contains("the answer is no JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9300000000", "-9300000000", "9223372036854775807"})
  void anAnswerIsReadWhateverItSaysOfItsLimit(String seconds) {
    PanelAnswer answer =
        calls.read(
            calls.begin(PanelRequest.post(PanelRequest.Kind.REGISTER, "/x", Map.of())),
            Map.of(
                "CamelHttpResponseCode",
                429,
                "RateLimit-Limit",
                seconds,
                "RateLimit-Remaining",
                seconds,
                "RateLimit-Reset",
                seconds,
                "Retry-After",
                seconds),
            text("{}"));

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.retryAfter().orElseThrow()).isBetween(Duration.ZERO, Duration.ofHours(1));
  }

  @Test
  void aRedirectIsAFaultThatNamesWhereItLeads() {
    PanelAnswer answer = read(307, text(""), "https://elsewhere.example.com/\nINFO forged");

    assertThat(answer.succeeded()).isFalse();
    assertThat(answer.describe())
        .isEqualTo(
            "HTTP 307, it redirects to https://elsewhere.example.com/?INFO forged; correct"
                + " SKYPANEL_URL");
  }

  @Test
  void thePanelsWordsForgeNoLineOfTheLog() {
    PanelAnswer answer =
        read(500, text("{\"error\": \"a\\nb\\u001b[2J" + "x".repeat(5000) + "\"}"));

    assertThat(answer.describe()).startsWith("HTTP 500, a?b?[2Jxxx").hasSizeLessThan(300);
  }
}
