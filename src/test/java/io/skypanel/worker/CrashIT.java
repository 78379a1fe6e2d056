package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.nio.file.Files;
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
  private static SandboxPanel panel;
  private static GitServer git;
  private static DockerEngine engine;
  private WorkerProcess worker;

  @BeforeAll
  static void open() {
    panel = SandboxPanel.open(PanelOptions.today().unlimited());
    git = GitServer.open();
    engine = WorkerProcess.localEngine();
    BusyboxImage.ensure(engine.client());
  }

  @BeforeEach
  void start() {
    worker = WorkerProcess.start(panel.url(), Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    panel.faults().clear();
    worker.close();
  }

  @AfterAll
  static void close() throws Exception {
    engine.close();
    git.close();
    panel.close();
  }

  private static BuildRequest app(String run, String start) {
    GitRepository repository = git.create("app-" + UUID.randomUUID());
    String dockerfile =
        "FROM "
            + BusyboxImage.NAME
            + "\nRUN "
            + run
            + "\nCMD [\"sh\", \"-c\", \""
            + start
            + "\"]\n";
    repository.commit(Map.of("Dockerfile", dockerfile), "First");
    return BuildRequest.of(repository.url());
  }

  private void killAndRestart() {
    worker.kill();
    worker.start();
    worker.awaitOutput("Ready: ");
  }

  private static void awaitLog(WorkerProcess worker, String text) {
    await().atMost(Duration.ofSeconds(30)).until(() -> worker.output().contains(text));
  }

  private static void awaitStatus(String id, String status) {
    await().atMost(Duration.ofSeconds(60)).until(() -> panel.statusesOf(id).contains(status));
  }

  @Test
  void aBuildThatIsCutOffEndsOnceSayingSoAndLeavesNothing() throws Exception {
    String id = panel.queue(app("echo working; sleep 30", "httpd -f -p $PORT"));
    awaitLog(worker, "Checked out");
    awaitStatus(id, "building");

    killAndRestart();
    awaitStatus(id, "building_failed");

    assertThat(panel.statusesOf(id)).containsExactly("building", "building_failed");
    assertThat(panel.deployment(id).errorMessage())
        .contains("The worker was restarted while this build was in stage image; deploy again");
    assertThat(panel.deployment(id).statusLogs().orElseThrow()).contains("Checked out");
    assertThat(worker.workspaces().resolve(id)).doesNotExist();
    await().until(() -> worker.state().resolve("journal").toFile().list().length == 0);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                engine.client().listContainersCmd().exec().stream()
                    .noneMatch(c -> c.getCommand().contains("sleep 30")));
  }

  @Test
  void aBuildWhoseImageWasMadeGoesOnFromThere() {
    String id = panel.queue(app("true", "sleep 4; exec httpd -f -p $PORT"));
    awaitLog(worker, "Started skypanel-app-");

    killAndRestart();
    awaitStatus(id, "deployed");

    List<String> statuses = panel.statusesOf(id);
    assertThat(statuses).startsWith("building", "building_success").endsWith("deployed");
    assertThat(statuses).containsOnlyOnce("building");
    String url = panel.deployment(id).result().path("url").asText();
    assertThat(WorkerProcess.fetch(url)).isPresent();
    assertThat(panel.calls("POST .*" + id + "/accept")).hasSize(1);
  }

  @Test
  void aBuildThatThePanelStillListsIsSimplyBuilt() {
    panel.faults().on("POST .*/status").answer(503);
    String id = panel.queue(app("sleep 5", "httpd -f -p $PORT"));
    awaitLog(worker, "Checked out");

    worker.kill();
    panel.faults().clear();
    worker.start();
    awaitStatus(id, "deployed");

    assertThat(panel.statusesOf(id)).containsExactly("building", "building_success", "deployed");
  }

  @Test
  void statusesThatWaitForThePanelSurviveTheKill() throws Exception {
    String id = panel.queue(app("true", "httpd -f -p $PORT"));
    awaitStatus(id, "building");
    panel.stop();
    awaitLog(worker, "Live at");
    await().until(() -> Files.list(worker.state().resolve("outbox")).count() >= 2);

    worker.kill();
    worker.start();
    panel.start();
    awaitStatus(id, "deployed");

    assertThat(panel.statusesOf(id)).startsWith("building").endsWith("deployed");
  }
}
