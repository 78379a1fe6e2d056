package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.PanelCall;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several deployments of one app wait at once. */
class NewestIT {
  private WorkerBench bench;

  @BeforeEach
  void open() {
    bench = WorkerBench.open();
  }

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  /** Five deployments of one app, each of a commit of its own; the last is the newest. */
  private List<BuildRequest> fivePushes() {
    GitRepository repository = bench.git.create("app-" + UUID.randomUUID());
    BuildRequest app = BuildRequest.of(repository.url());
    return Stream.of("one", "two", "three", "four", "five")
        .map(page -> app.again().commit(repository.commit(BuildIT.webApp(page), page)))
        .toList();
  }

  private List<String> queue(List<BuildRequest> requests) {
    return requests.stream().map(bench.panel::queue).toList();
  }

  private static String sentence(String newest) {
    return "Superseded by deployment " + newest + ", which is newer; it is built instead";
  }

  private void assertSuperseded(String id, String newest) {
    DeploymentView deployment = bench.panel.deployment(id);
    assertThat(deployment.statuses()).containsExactly("building_failed");
    assertThat(deployment.errorMessage()).contains(sentence(newest));
    assertThat(deployment.statusLogs().orElseThrow()).isEqualTo(sentence(newest) + "\n");
    assertThat(bench.accepts(id)).isEmpty();
  }

  /** The app's statuses in the order in which the panel took them, each as {@code id status}. */
  private List<String> statuses(List<String> ids) {
    List<String> statuses = new ArrayList<>();
    for (PanelCall call : bench.panel.calls("POST .*/status")) {
      ids.stream()
          .filter(id -> call.path().contains(id) && call.status() == 200)
          .forEach(id -> statuses.add(id + " " + call.json().path("status").asText()));
    }
    return statuses;
  }

  private static String page(JsonNode result) {
    return WorkerProcess.fetch(result.path("url").asText()).orElseThrow().body();
  }

  @Test
  void onlyTheNewestIsBuiltTheOlderEndBeforeItAndNoOtherAppIsDelayed() throws Exception {
    List<String> ids = queue(fivePushes());
    String other = bench.panel.queue(bench.webApp(0));
    String newest = ids.get(4);
    try (WorkerProcess worker =
        bench.worker("MAX_CONCURRENT_BUILDS", "2", "POLL_INTERVAL_SECONDS", "60")) {
      DeploymentView built = bench.ended(newest);

      assertThat(built.status()).isEqualTo("deployed");
      assertThat(page(built.result())).isEqualTo("five");
      ids.subList(0, 4).forEach(id -> assertSuperseded(id, newest));
      assertThat(statuses(ids))
          .containsExactly(
              ids.get(0) + " building_failed",
              ids.get(1) + " building_failed",
              ids.get(2) + " building_failed",
              ids.get(3) + " building_failed",
              newest + " building",
              newest + " building_success",
              newest + " deployed");
      // one poll a minute: it had a slot at the first
      assertThat(bench.ended(other).status()).isEqualTo("deployed");
      assertThat(worker.get("/metrics").body())
          .containsPattern(
              "skypanel_builds_total\\{fault=\"superseded\",outcome=\"building_failed\"} 4");
    }
  }

  @Test
  void behindABuildThatRunsOnlyTheNewestFollows() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      BuildRequest app = bench.webApp(5);
      String running = bench.panel.queue(app);
      bench.awaitStatus(running, "building");
      List<String> waiting = queue(List.of(app.again(), app.again(), app.again()));
      String newest = waiting.get(2);
      bench.awaitPolls(2);

      assertThat(waiting).allMatch(id -> bench.panel.statusesOf(id).isEmpty());
      assertThat(bench.ended(newest).status()).isEqualTo("deployed");
      assertThat(bench.panel.statusesOf(running))
          .containsExactly("building", "building_success", "deployed");
      waiting.subList(0, 2).forEach(id -> assertSuperseded(id, newest));
      bench.awaitOnly(app.appId(), "skypanel-app-" + app.appId() + "-" + newest);
    }
  }

  @Test
  void aNodeThatMayAcceptNothingSupersedesNothing() throws Exception {
    try (WorkerProcess worker = bench.worker()) {
      String node = worker.status().path("skypanel").path("nodeId").asText();
      bench.panel.setNodeStatus(node, "maintenance");
      List<String> ids = queue(fivePushes());
      worker.awaitOutput("'maintenance'");
      bench.awaitPolls(2);

      assertThat(ids).allMatch(id -> bench.panel.statusesOf(id).isEmpty());
    }
  }

  @Test
  void aWorkerThatIsKilledInBetweenSupersedesEachOnce() throws Exception {
    bench.panel.faults().on("POST .*/status").answer(503);
    List<String> ids = queue(fivePushes());
    String newest = ids.get(4);
    try (WorkerProcess worker = bench.worker()) {
      worker.awaitOutput("Checked out");
      worker.kill();
      bench.panel.faults().clear();
      worker.start();

      assertThat(bench.ended(newest).statuses())
          .containsExactly("building", "building_success", "deployed");
      await().until(() -> worker.status().path("skypanel").path("reportsWaiting").asInt() == 0);
      ids.subList(0, 4).forEach(id -> assertSuperseded(id, newest));
    }
  }
}
