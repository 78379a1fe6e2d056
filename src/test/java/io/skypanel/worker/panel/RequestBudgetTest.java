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
  void whereThePanelTakesManyCallsPollsAndLogsComeTwiceASecond() {
    budget.learn(10_000, 9_990, WINDOW);

    assertThat(budget.pollInterval()).isLessThan(Duration.ofMillis(600));
    assertThat(budget.logInterval(FIVE_SECONDS, 3)).isLessThan(Duration.ofMillis(700));
  }

  @Test
  void aLimitInBetweenMakesThemFasterWithinIt() {
    budget.learn(4_000, 3_990, WINDOW);

    Duration poll = budget.pollInterval();
    assertThat(poll).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
    Duration logs = budget.logInterval(FIVE_SECONDS, 3);
    assertThat(logs).isBetween(Duration.ofSeconds(1), FIVE_SECONDS);
    double calls =
        WINDOW.toMillis() / (double) poll.toMillis() + 3.0 * WINDOW.toMillis() / logs.toMillis();
    assertThat(calls).isLessThan(3_900);
  }

  @Test
  void atThePanelsStockLimitPollsKeepTheirIntervalToTheEndOfTheWindow() {
    budget.learn(200, 199, WINDOW);
    pass(WINDOW.minusSeconds(20));
    budget.learn(200, 120, Duration.ofSeconds(20));
    assertThat(budget.pollInterval()).isEqualTo(Duration.ofSeconds(10));

    pass(Duration.ofSeconds(20));
    assertThat(budget.pollInterval()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void manyCallsThatOthersUseUpMakePollsSlowAgain() {
    budget.learn(10_000, 9_990, WINDOW);
    budget.learn(10_000, 1_000, WINDOW);

    assertThat(budget.pollInterval()).isGreaterThan(Duration.ofSeconds(3));
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
