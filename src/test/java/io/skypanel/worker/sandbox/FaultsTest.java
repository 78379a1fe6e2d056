package io.skypanel.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private final SandboxPanel panel = SandboxPanel.open();
  private final PanelClient client = new PanelClient(panel);

  @AfterEach
  void close() {
    panel.close();
  }

  @Test
  void answersSomethingElseForSoManyCallsOfAPath() throws Exception {
    panel.faults().on("/api/health$").times(2).answer(502, "text/html", "<h1>Bad Gateway</h1>");

    var first = client.get("/api/health");
    assertThat(first.statusCode()).isEqualTo(502);
    assertThat(first.body()).isEqualTo("<h1>Bad Gateway</h1>");
    assertThat(client.get("/api/paas/worker/health").statusCode()).isEqualTo(200);
    assertThat(client.get("/api/health").statusCode()).isEqualTo(502);
    assertThat(client.get("/api/health").statusCode()).isEqualTo(200);
    assertThat(panel.calls()).extracting(PanelCall::status).containsExactly(502, 200, 502, 200);
  }

  @Test
  void dropsTheConnectionBeforeThePanelSeesTheCall() throws Exception {
    panel.faults().on("POST /api/paas/worker/register").times(1).drop();
    // a client may try again by itself, so it is asked what the panel saw
    try {
      client.register("h", "10.0.0.1");
    } catch (IOException dropped) {
      assertThat(panel.nodes()).isEmpty();
    }
    assertThat(panel.calls().get(0).status()).isZero();
  }

  @Test
  void losesTheAnswerOfACallThatTookEffect() {
    panel.faults().on("POST /api/paas/worker/register").loseAnswer();
    assertThatThrownBy(() -> client.register("h", "10.0.0.1")).isInstanceOf(IOException.class);
    assertThat(panel.nodes()).hasSize(1);
  }

  @Test
  void answersLate() throws Exception {
    panel.faults().on("/api/health").times(1).delay(Duration.ofMillis(300));
    long start = System.nanoTime();
    assertThat(client.get("/api/health").statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
  }

  @Test
  void lastsAsLongAsItIsToldOrUntilItIsCleared() {
    AtomicLong nanos = new AtomicLong();
    Faults faults = new Faults(nanos::get);
    faults.on("/a").lasting(Duration.ofSeconds(5)).answer(503);
    faults.on("/b").answer(503);

    nanos.set(Duration.ofMillis(4999).toNanos());
    assertThat(faults.strike("GET", "/a")).isPresent();
    nanos.set(Duration.ofSeconds(5).toNanos());
    assertThat(faults.strike("GET", "/a")).isEmpty();
    assertThat(faults.strike("GET", "/b")).isPresent();
    faults.clear();
    assertThat(faults.strike("GET", "/b")).isEmpty();
  }
}
