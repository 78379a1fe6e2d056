package io.skypanel.worker.sandbox;

import static io.skypanel.worker.sandbox.PanelClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  @Test
  void refusesTheCallBeyondTheLimitAndSaysWhenToComeBack() throws Exception {
    try (var panel = SandboxPanel.open(PanelOptions.today().limited(3, Duration.ofMinutes(15)))) {
      PanelClient client = new PanelClient(panel);
      client.register("h", "10.0.0.1");
      client.get("/api/nothing"); // unknown paths count as well
      var last = client.get("/api/health");
      assertThat(last.statusCode()).isEqualTo(200);
      assertThat(last.headers().firstValue("RateLimit-Limit")).contains("3");
      assertThat(last.headers().firstValue("RateLimit-Remaining")).contains("0");

      var refused = client.get("/api/health");

      assertThat(refused.statusCode()).isEqualTo(429);
      long seconds = refused.headers().firstValueAsLong("Retry-After").orElseThrow();
      assertThat(seconds).isBetween(890L, 900L);
      assertThat(refused.headers().firstValueAsLong("RateLimit-Reset")).hasValue(seconds);
      assertThat(json(refused).fieldNames())
          .toIterable()
          .containsExactlyInAnyOrder("error", "retryAfter", "limit", "remaining", "resetTime");
      assertThat(json(refused).path("retryAfter").asLong()).isEqualTo(seconds);
      assertThat(client.get("/sandbox").statusCode()).isEqualTo(200);

      panel.resetRateLimit();
      assertThat(client.get("/api/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void opensANewWindowWhenTheOldOneHasEnded() {
    AtomicLong nanos = new AtomicLong();
    RateLimit limit = new RateLimit(1, Duration.ofSeconds(10), nanos::get);

    assertThat(limit.count("a").refused()).isFalse();
    nanos.set(Duration.ofMillis(9500).toNanos());
    assertThat(limit.count("a").refused()).isTrue();
    assertThat(limit.count("a").resetSeconds()).isEqualTo(1);
    assertThat(limit.count("b").refused()).isFalse();
    nanos.set(Duration.ofSeconds(10).toNanos());
    assertThat(limit.count("a").refused()).isFalse();
  }

  @Test
  void allows200CallsIn15MinutesByDefault() {
    assertThat(PanelOptions.today().rateLimit()).isEqualTo(200);
    assertThat(PanelOptions.today().rateWindow()).isEqualTo(Duration.ofMinutes(15));
  }
}
