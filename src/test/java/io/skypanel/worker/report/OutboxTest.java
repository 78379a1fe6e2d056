package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.skypanel.worker.panel.PanelAnswer;
import io.skypanel.worker.panel.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  @TempDir Path folder;
  private final ObjectMapper json = new ObjectMapper();
  private List<String> gone;
  private Registration registration;
  private Outbox outbox;

  @BeforeEach
  void open() throws Exception {
    OutboxBench bench = new OutboxBench(folder);
    gone = bench.gone;
    registration = bench.registration;
    outbox = bench.outbox;
  }

  private static PanelAnswer answer(int status) {
    return new PanelAnswer(status, MissingNode.getInstance(), Optional.empty(), Optional.empty());
  }

  private static Report report(String app, String deployment) {
    return new Report(
        app, deployment, "deployed", Optional.of("the log"), Optional.empty(), Map.of());
  }

  private String next() {
    await().atMost(Duration.ofSeconds(5)).until(outbox::hasDue);
    return outbox.take().report().deploymentId();
  }

  @Test
  void aStatusThatThePanelFailsOnDoesNotKeepOtherAppsStatusesBack() {
    outbox.add(report("app-1", "poison"));
    outbox.add(report("app-2", "good"));

    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 3 && !sent.contains("good"); i++) {
      String id = next();
      sent.add(id);
      outbox.settle(outbox.take(), answer(id.equals("poison") ? 500 : 200));
    }

    assertThat(sent).contains("good");
    assertThat(outbox.holds("poison")).isTrue();
  }

  @Test
  void aStatusThatAProxyFindsTooLargeGoesWithoutItsLog() {
    outbox.add(report("app-1", "large"));
    Letter letter = outbox.take();
    assertThat(outbox.request(letter).body()).containsEntry("logs", "the log");

    outbox.settle(letter, answer(413));

    assertThat(outbox.request(outbox.take()).body()).doesNotContainKey("logs");
    outbox.settle(outbox.take(), answer(413));
    assertThat(outbox.size()).isZero();
    assertThat(folder.resolve("state/outbox/rejected")).isNotEmptyDirectory();
  }

  @Test
  void aTokenThatIsRefusedAsksForARegistrationAndIsNotTriedAgainAtOnce() throws Exception {
    outbox.add(report("app-1", "dep"));

    outbox.settle(outbox.take(), answer(401));

    assertThat(registration.isNeeded()).isTrue();
    var registered =
        new PanelAnswer(
            201,
            json.readTree("{\"data\":{\"nodeId\":\"node\",\"authToken\":\"other\"}}"),
            Optional.empty(),
            Optional.empty());
    assertThat(registration.keep(registered)).isTrue();
    assertThat(outbox.hasDue()).isFalse();
    assertThat(next()).isEqualTo("dep");
  }

  @Test
  void aStatusThatIsWithdrawnOnItsWayIsSettledQuietly() {
    outbox.add(report("app-1", "dep"));
    Letter letter = outbox.take();
    outbox.withdraw("dep");

    outbox.settle(letter, answer(500));
    outbox.settle(letter, answer(200));

    assertThat(outbox.size()).isZero();
  }

  @Test
  void statusesOfOneAppKeepTheirOrder() {
    outbox.add(report("app-1", "first"));
    outbox.add(report("app-1", "second"));
    assertThat(next()).isEqualTo("first");
    outbox.settle(outbox.take(), answer(500));

    assertThat(next()).isEqualTo("first");
    outbox.settle(outbox.take(), answer(200));
    assertThat(next()).isEqualTo("second");
  }
}
