package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.PanelCall;
import io.skypanel.worker.sandbox.PayloadShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which builds a worker takes out of the queue, and what it makes of odd answers. */
class IntakeIT {
  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
    worker = bench.worker();
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  @Test
  void anyShapeOfTheQueueIsReadAndNonsenseIsOneErrorLineWithoutValues() throws Exception {
    for (PayloadShape shape : PayloadShape.values()) {
      bench.panel.shape(shape);
      assertThat(bench.built(bench.brief()).statuses())
          .as("%s", shape)
          .containsExactly("building", "building_failed");
    }

    bench.panel.rawQueue("{\"jobs\":[{\"password\":\"hunter2\"}],\"count\":4711}");
    worker.awaitOutput("none of the known shapes");
    bench.panel.shape(PayloadShape.DATA_BUILDS);

    assertThat(bench.built(bench.brief()).status()).isEqualTo("building_failed");
    List<String> lines = worker.output().lines().filter(l -> l.contains("shapes")).toList();
    assertThat(lines)
        .allMatch(l -> l.contains("ERROR") && l.contains("object with keys [count, jobs]"))
        .noneMatch(l -> l.contains("hunter2") || l.contains("4711"));
    assertThat(worker.output()).doesNotContain("Exception");
  }

  @Test
  void aBuildThatIsListedTwiceIsBuiltOnce() throws Exception {
    BuildRequest twice = bench.webApp(1);
    bench.panel.queue(twice);
    String record = new ObjectMapper().writeValueAsString(twice.fields());
    bench.panel.rawQueue("[" + record + "," + record + "]");
    await().until(() -> !bench.accepts(twice.deploymentId()).isEmpty());
    bench.panel.shape(PayloadShape.DATA_BUILDS);

    assertThat(bench.ended(twice.deploymentId()).statuses())
        .containsExactly("building", "building_success", "deployed");
    assertThat(bench.accepts(twice.deploymentId())).hasSize(1);
  }

  @Test
  void aBuildThatThePanelListsOnlyForWantOfItsStatusIsNotBuiltAgain() {
    bench.panel.faults().on("status$").answer(500);
    int ended = worker.status().path("builds").path("recent").size();
    String id = bench.panel.queue(bench.brief());
    await().until(() -> worker.status().path("builds").path("recent").size() > ended);
    bench.awaitPolls(2);
    bench.panel.faults().clear();

    assertThat(bench.ended(id).statuses()).containsExactly("building", "building_failed");
    bench.awaitPolls(1);
    assertThat(bench.accepts(id)).hasSize(1);
  }

  @Test
  void whatOneDeploymentOverridesWins() throws Exception {
    GitRepository repository =
        bench.repository(
            Map.of(
                "Dockerfile",
                WorkerBench.dockerfile("CMD [\"false\"]"),
                "other/Dockerfile",
                WorkerBench.dockerfile(
                    "CMD [\"sh\", \"-c\", \"echo $COLOUR > index.html; exec httpd -f -p $PORT\"]")));
    BuildRequest request =
        BuildRequest.of("https://127.0.0.1:1/not/this.git")
            .withConfig("repoUrl", repository.url())
            .withConfig("dockerfilePath", "other/Dockerfile")
            .with("environmentVariables", Map.of("COLOUR", "red"))
            .withConfig("environmentVariables", Map.of("COLOUR", "green"));
    DeploymentView deployment = bench.built(request);

    assertThat(deployment.status()).isEqualTo("deployed");
    String url = deployment.result().path("url").asText();
    assertThat(WorkerProcess.fetch(url).orElseThrow().body()).isEqualTo("green\n");
  }

  @Test
  void aNodeInMaintenanceTakesNothingSaysSoOnceAndGoesOnWhenItIsOnlineAgain() throws Exception {
    String node = bench.panel.nodes().get(0).id();
    for (int round = 1; round <= 2; round++) {
      int before = bench.panel.calls().size();
      bench.panel.setNodeStatus(node, "maintenance");
      List<String> ids = bench.queue(3, bench::brief);
      await().until(() -> refusals(before) > 0);
      bench.awaitPolls(3);

      assertThat(acceptsPerPoll(before)).isNotEmpty().allMatch(n -> n <= 1);
      assertThat(ids).allMatch(id -> bench.panel.statusesOf(id).isEmpty());
      assertThat(worker.output().lines().filter(l -> l.contains("'maintenance'"))).hasSize(round);
      assertThat(worker.status().path("worker").path("takesNoBuildsBecause").toString())
          .contains("maintenance");

      bench.panel.setNodeStatus(node, "online");
      ids.forEach(bench::ended);
      assertThat(worker.status().path("worker").path("takesNoBuildsBecause")).isEmpty();
    }
  }

  private long refusals(int from) {
    List<PanelCall> calls = bench.panel.calls();
    return calls.subList(from, calls.size()).stream().filter(c -> c.status() == 403).count();
  }

  /** How many accept calls followed each poll, among the calls from the one numbered so. */
  private List<Integer> acceptsPerPoll(int from) {
    List<Integer> counts = new ArrayList<>();
    List<PanelCall> calls = bench.panel.calls();
    for (PanelCall call : calls.subList(from, calls.size())) {
      if (call.path().endsWith("/queued")) {
        counts.add(0);
      } else if (call.path().endsWith("/accept") && !counts.isEmpty()) {
        counts.set(counts.size() - 1, counts.get(counts.size() - 1) + 1);
      }
    }
    return counts;
  }
}
