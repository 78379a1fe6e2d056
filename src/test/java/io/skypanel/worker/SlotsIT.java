package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.settings.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many builds a worker takes at once, how several share a panel, and what they say. */
class SlotsIT {
  private WorkerBench bench;

  @BeforeEach
  void open() {
    bench = WorkerBench.open();
  }

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  private List<PanelCall> statusCalls(String deploymentId) {
    return bench.panel.calls("POST .*/builds/" + deploymentId + "/status");
  }

  private static boolean isFinal(PanelCall call) {
    return !call.json().path("status").asText().startsWith("building")
        || call.json().path("status").asText().equals("building_failed");
  }

  @Test
  void sixBuildsOnThreeSlotsAreNeverMoreThanThreeAndAFreeSlotIsFilledAtOnce() throws Exception {
    List<String> ids = bench.queue(6, () -> bench.webApp(3));
    try (WorkerProcess worker = bench.worker("POLL_INTERVAL_SECONDS", "30")) {
      ids.forEach(bench::ended);

      await().until(() -> worker.status().path("builds").path("recent").size() == 6);
    }
    int running = 0;
    int most = 0;
    for (PanelCall call : bench.panel.calls("POST .*/status")) {
      if (call.json().path("status").asText().equals("building")) {
        most = Math.max(most, ++running);
      } else if (isFinal(call)) {
        running--;
      }
    }
    assertThat(most).isEqualTo(3);
    for (String id : ids) {
      assertThat(bench.accepts(id)).hasSize(1);
      assertThat(bench.panel.statusesOf(id))
          .containsExactly("building", "building_success", "deployed");
    }
    Duration firstEnd =
        bench.panel.calls("POST .*/status").stream()
            .filter(SlotsIT::isFinal)
            .findFirst()
            .orElseThrow()
            .at();
    PanelCall fourth = bench.panel.calls("POST .*/accept").get(3);
    assertThat(fourth.at().minus(firstEnd)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void twoShardsOfOnePanelBuildEachBuildOnce() throws Exception {
    List<String> ids = new ArrayList<>(bench.queue(8, bench::brief));
    ids.addAll(bench.queue(4, () -> bench.brief().dockerfile("../outside")));
    try (WorkerProcess first = bench.worker("WORKER_SHARD", "1/2");
        WorkerProcess second =
            bench.worker("WORKER_SHARD", "2/2", "WORKER_IP_ADDRESS", "127.0.0.2")) {
      ids.forEach(bench::ended);
      bench.awaitPolls(4);

      String firstNode = first.status().path("skypanel").path("nodeId").asText();
      String secondNode = second.status().path("skypanel").path("nodeId").asText();
      assertThat(firstNode).isNotEqualTo(secondNode);
      for (String id : ids) {
        String appId = bench.panel.deployment(id).appId();
        String owner = Shard.parse("1/2").takes(appId) ? firstNode : secondNode;
        assertThat(statusCalls(id))
            .allMatch(call -> call.json().path("nodeId").asText().equals(owner));
        assertThat(bench.panel.statusesOf(id)).doesNotHaveDuplicates();
        assertThat(bench.accepts(id)).hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void anIdleWorkerSaysNothingAndOneThatDebugsShowsEveryRequest() throws Exception {
    try (WorkerProcess quiet = bench.worker("HEARTBEAT_INTERVAL_SECONDS", "1");
        WorkerProcess talkative =
            bench.worker(
                "LOG_LEVEL", "debug",
                "HEARTBEAT_INTERVAL_SECONDS", "1",
                "WORKER_IP_ADDRESS", "127.0.0.2")) {
      await().until(() -> talkative.output().contains("/heartbeat -> HTTP 200"));
      bench.awaitPolls(8);

      assertThat(quiet.output().lines().toList()).last().asString().contains("Ready: ");
      assertThat(quiet.output().lines().count()).isLessThan(8);
      assertThat(talkative.output())
          .containsPattern("GET /api/health -> HTTP 200.* in \\d+ ms")
          .containsPattern("POST /api/paas/worker/register -> HTTP 201.* in \\d+ ms")
          .containsPattern("POST /api/paas/worker/heartbeat -> HTTP 200.* in \\d+ ms")
          .containsPattern("GET /api/paas/worker/builds/queued -> HTTP 200.* in \\d+ ms");
    }
  }
}
