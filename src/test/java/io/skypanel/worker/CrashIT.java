package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BuildRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker is killed with -9 in the middle of a build and started again. */
class CrashIT {
  private static WorkerBench bench;
  private WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
  }

  @BeforeEach
  void start() {
    worker = bench.worker();
  }

  @AfterEach
  void stop() throws Exception {
    bench.panel.faults().clear();
    worker.close();
  }

  @AfterAll
  static void close() throws Exception {
    bench.close();
  }

  private static BuildRequest app(String run, String start) {
    return bench.build("RUN " + run, "CMD [\"sh\", \"-c\", \"" + start + "\"]");
  }

  private void killAndRestart() {
    worker.kill();
    worker.start();
    worker.awaitOutput("Ready: ");
  }

  private static void awaitLog(WorkerProcess worker, String text) {
    await().atMost(Duration.ofSeconds(30)).until(() -> worker.output().contains(text));
  }

  @Test
  void aBuildThatIsCutOffEndsOnceSayingSoAndLeavesNothing() throws Exception {
    String step = "sleep 300; echo " + UUID.randomUUID();
    String id = bench.panel.queue(app(step, "httpd -f -p $PORT"));
    await().until(() -> BuildSteps.run(step));
    bench.awaitStatus(id, "building");

    killAndRestart();
    bench.awaitStatus(id, "building_failed");

    assertThat(bench.panel.statusesOf(id)).containsExactly("building", "building_failed");
    assertThat(bench.panel.deployment(id).errorMessage())
        .contains("The worker was restarted while this build was in stage image; deploy again");
    assertThat(bench.panel.deployment(id).statusLogs().orElseThrow()).contains("Checked out");
    assertThat(worker.workspaces().resolve(id)).doesNotExist();
    await().until(() -> worker.state().resolve("journal").toFile().list().length == 0);
    await().atMost(Duration.ofSeconds(20)).until(() -> !BuildSteps.run(step));
  }

  @Test
  void aBuildThatAnEarlierVersionAcceptedAndThisOneRefusesEndsWithFieldAndRule() throws Exception {
    String step = "sleep 300; echo " + UUID.randomUUID();
    String id = bench.panel.queue(app(step, "httpd -f -p $PORT"));
    await().until(() -> BuildSteps.run(step));
    bench.awaitStatus(id, "building");
    worker.kill();
    Path noted = worker.state().resolve("journal/" + id + ".json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode entry = (ObjectNode) json.readTree(noted.toFile());
    ((ObjectNode) entry.get("job")).put("organizationId", "acme/eu");
    json.writeValue(noted.toFile(), entry);

    worker.start();
    bench.awaitStatus(id, "building_failed");

    assertThat(bench.panel.statusesOf(id)).containsExactly("building", "building_failed");
    assertThat(bench.panel.deployment(id).errorMessage())
        .contains(
            "This build can't be carried on by the updated worker: organizationId is 'acme/eu' and"
                + " must be of letters, digits, '-', '_' and '.', 63 at most");
    assertThat(bench.panel.deployment(id).statusLogs().orElseThrow()).contains("Checked out");
    await().until(() -> worker.state().resolve("journal").toFile().list().length == 0);
  }

  @Test
  void aBuildWhoseImageWasMadeGoesOnFromThere() {
    String id = bench.panel.queue(app("true", "sleep 4; exec httpd -f -p $PORT"));
    awaitLog(worker, "Started skypanel-app-");

    killAndRestart();
    bench.awaitStatus(id, "deployed");

    List<String> statuses = bench.panel.statusesOf(id);
    assertThat(statuses).startsWith("building", "building_success").endsWith("deployed");
    assertThat(statuses).containsOnlyOnce("building");
    String url = bench.panel.deployment(id).result().path("url").asText();
    assertThat(WorkerProcess.fetch(url)).isPresent();
    assertThat(bench.panel.calls("POST .*" + id + "/accept")).hasSize(1);
  }

  @Test
  void anImageThatIsMadeButNotNotedGoesWithItsBuild() throws Exception {
    BuildRequest request = app("true", "sleep 4; exec httpd -f -p $PORT");
    String id = bench.panel.queue(request);
    awaitLog(worker, "Started skypanel-app-");
    worker.kill();
    Path noted = worker.state().resolve("journal/" + id + ".json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode entry = (ObjectNode) json.readTree(noted.toFile());
    entry.remove("image");
    json.writeValue(noted.toFile(), entry);
    // of an app without a record clean-up keeps the newest image
    new FolderRemoval(worker.state().resolve("apps")).run();
    Map<String, String> labels = Map.of(Labels.WORKER, worker.workerId(), Labels.DEPLOYMENT, id);
    assertThat(bench.docker().listImagesCmd().withLabelFilter(labels).exec()).hasSize(1);

    worker.start();
    worker.awaitOutput("was cut off in stage");
    bench.awaitStatus(id, "deployment_failed");

    // the classic builder's untagged images have but some of the labels, and are clean-up's
    assertThat(bench.docker().listImagesCmd().withLabelFilter(labels).exec()).isEmpty();
    assertThat(bench.docker().listContainersCmd().withShowAll(true).withLabelFilter(labels).exec())
        .isEmpty();
  }

  @Test
  void aBuildThatThePanelStillListsIsSimplyBuilt() {
    bench.panel.faults().on("POST .*/status").answer(503);
    String id = bench.panel.queue(app("sleep 5", "httpd -f -p $PORT"));
    awaitLog(worker, "Checked out");

    worker.kill();
    bench.panel.faults().clear();
    worker.start();
    bench.awaitStatus(id, "deployed");

    assertThat(bench.panel.statusesOf(id))
        .containsExactly("building", "building_success", "deployed");
  }

  @Test
  void statusesThatWaitForThePanelSurviveTheKill() throws Exception {
    String id = bench.panel.queue(app("true", "httpd -f -p $PORT"));
    bench.awaitStatus(id, "building");
    bench.panel.stop();
    awaitLog(worker, "Live at");
    await().until(() -> Files.list(worker.state().resolve("outbox")).count() >= 2);

    worker.kill();
    worker.start();
    bench.panel.start();
    bench.awaitStatus(id, "deployed");

    assertThat(bench.panel.statusesOf(id)).startsWith("building").endsWith("deployed");
  }
}
