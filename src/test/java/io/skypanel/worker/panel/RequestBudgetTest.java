package io.skypanel.worker.panel;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.panel.PanelRequest.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
  private static final Duration WINDOW = Duration.ofMinutes(15);
  private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

  private final AtomicLong nanos = new AtomicLong();
  private final RequestBudget budget =
      new RequestBudget(Duration.ofSeconds(30), Duration.ofSeconds(10), 3, nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void withoutHeadersTheDocumentedIntervalsHold() {
    assertThat(budget.allows(Kind.LOGS)).isTrue();
    assertThat(budget.pollInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(budget.logInterval(FIVE_SECONDS, 5)).isEqualTo(FIVE_SECONDS);
  }

  @Test
  void atThePanelsStockLimitPollsKeepTheirIntervalAndLogsArePacedOnceTheyHaveSpentTheirShare() {
    budget.learn(200, 200, WINDOW);
    assertThat(budget.pollInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(budget.logInterval(FIVE_SECONDS, 5)).isEqualTo(FIVE_SECONDS);

    budget.learn(200, 150, WINDOW);
    assertThat(budget.pollInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(budget.logInterval(FIVE_SECONDS, 5)).isGreaterThan(Duration.ofSeconds(50));
  }

  @Test
  void logsGoFirstThenPollsThenStatusesAndHeartbeatsLast() {
    budget.learn(200, 100, WINDOW);
    assertThat(budget.allows(Kind.LOGS)).isFalse();
    assertThat(budget.allows(Kind.POLL)).isTrue();

    budget.learn(200, 40, WINDOW);
    assertThat(budget.allows(Kind.POLL)).isFalse();
    assertThat(budget.allows(Kind.STATUS)).isTrue();

    budget.learn(200, 20, WINDOW);
    assertThat(budget.allows(Kind.STATUS)).isFalse();
    assertThat(budget.allows(Kind.HEARTBEAT)).isTrue();
  }

  @Test
  void pollingSlowsDownWhenOthersUseTheSameAddress() {
    budget.learn(200, 60, WINDOW);

    assertThat(budget.pollInterval()).isGreaterThan(Duration.ofSeconds(30));
  }

  @Test
  void aRefusalStopsEverythingUntilThePanelSaysSo() {
    budget.learn(200, 150, WINDOW);
    budget.exhausted(Duration.ofSeconds(30));
    assertThat(budget.allows(Kind.HEARTBEAT)).isFalse();

    pass(Duration.ofSeconds(31));

    assertThat(budget.allows(Kind.STATUS)).isTrue();
  }

  @Test
  void callsThatAreUnderWayCountAsSpent() {
    budget.learn(200, 1, WINDOW);
    budget.spend();

    assertThat(budget.allows(Kind.HEARTBEAT)).isFalse();
  }
}
