package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A build is cancelled in each stage, by HTTP and by command. */
class CancelIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);

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

  private static void awaitStage(String id, String stage) {
    await()
        .until(
            () -> {
              for (var running : worker.status().path("builds").path("running")) {
                if (running.path("deploymentId").asText().equals(id)
                    && running.path("stage").asText().equals(stage)) {
                  return true;
                }
              }
              return false;
            });
  }

  private static int post(String id, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + worker.port() + "/builds/" + id + "/cancel"))
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
  }

  private static String token() throws Exception {
    return Files.readString(worker.state().resolve("api-token")).strip();
  }

  private static void awaitCancelled(String id, String status) {
    await().atMost(LIMIT).until(() -> bench.isEnded(id));
    assertThat(bench.panel.deployment(id).status()).isEqualTo(status);
    assertThat(bench.panel.deployment(id).errorMessage().orElseThrow()).contains("cancelled");
    await().atMost(LIMIT).until(() -> !worker.workspaces().resolve(id).toFile().exists());
    assertThat(
            bench
                .docker()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of("io.skypanel.deployment", id))
                .exec())
        .isEmpty();
  }

  @Test
  void aCheckoutThatHangsIsCancelledOverHttp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String id =
          bench.panel.queue(
              BuildRequest.of("http://127.0.0.1:" + silent.getLocalPort() + "/shop.git"));
      awaitStage(id, "checkout");

      assertThat(post(id, token())).isEqualTo(202);

      awaitCancelled(id, "building_failed");
      assertThat(ProcessHandle.of(worker.pid()).orElseThrow().descendants()).isEmpty();
    }
  }

  @Test
  void aBuildThatMakesItsImageIsCancelledOverHttp() throws Exception {
    String id = bench.panel.queue(bench.webApp(120));
    awaitStage(id, "image");

    assertThat(post(id, token())).isEqualTo(202);

    awaitCancelled(id, "building_failed");
  }

  @Test
  void anAppThatStartsIsCancelledByCommand() throws Exception {
    String id =
        bench.panel.queue(bench.build("RUN echo " + UUID.randomUUID(), "CMD [\"sleep\", \"120\"]"));
    awaitStage(id, "deploy");

    assertThat(worker.command("cancel", id)).contains("Build " + id + " is being cancelled");

    awaitCancelled(id, "deployment_failed");
  }

  @Test
  void withoutTheTokenNothingIsCancelledAndTheTokenIsTheOwnersAlone() throws Exception {
    String id = bench.panel.queue(bench.webApp(3));
    awaitStage(id, "image");

    assertThat(post(id, "wrong")).isEqualTo(401);
    assertThat(post(UUID.randomUUID().toString(), token())).isEqualTo(404);
    assertThat(worker.get("/builds/" + id + "/cancel").status()).isEqualTo(401);

    assertThat(bench.ended(id).status()).isEqualTo("deployed");
    assertThat(Files.getPosixFilePermissions(worker.state().resolve("api-token")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }
}
