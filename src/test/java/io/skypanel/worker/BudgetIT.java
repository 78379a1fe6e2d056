package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.sandbox.PanelOptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The panel takes 200 calls in 15 minutes: what builds cost of them. */
class BudgetIT {
  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.limited(PanelOptions.today().limited(200, Duration.ofMinutes(15)));
    worker = bench.worker("POLL_INTERVAL_SECONDS", "10", "MAX_CONCURRENT_BUILDS", "3");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  @Test
  void fiveBuildsOfThreeThousandLinesCostSixtyCallsAtMostAndNoRefusal() {
    List<String> ids =
        bench.queue(
            5,
            () ->
                bench.build(
                    "RUN echo "
                        + UUID.randomUUID()
                        + "; for i in $(seq 3000); do echo line-$i;"
                        + " [ $((i % 300)) = 0 ] && sleep 1; done; true",
                    "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]"));

    for (String id : ids) {
      assertThat(bench.ended(id).status()).isEqualTo("deployed");
      assertThat(bench.panel.deployment(id).statusLogs().orElseThrow())
          .contains("line-1\n", "line-3000\n");
    }
    List<PanelCall> calls = bench.panel.calls("POST .*/builds/.*");
    assertThat(calls).hasSizeLessThanOrEqualTo(60);
    assertThat(calls).anyMatch(call -> call.path().endsWith("/logs"));
    assertThat(bench.panel.calls()).noneMatch(call -> call.status() == 429);
  }
}
