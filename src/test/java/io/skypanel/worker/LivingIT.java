package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.async.ResultCallback;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.GitRepository;
import java.io.BufferedReader;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Living with apps once they are deployed: by command, over HTTP, and in status and metrics. */
class LivingIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String TICKING =
      "CMD mkdir -p /www; echo page > /www/index.html; echo hello; trap 'exit 0' TERM;"
          + " (i=0; while sleep 1; do i=$((i+1)); echo tick $i; done) &"
          + " httpd -f -p $PORT -h /www & wait";

  private static WorkerBench bench;
  private static EngineRelay relay;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() throws Exception {
    bench = WorkerBench.open();
    relay = new EngineRelay();
    worker = bench.worker("DOCKER_HOST", relay.socket().toString());
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    relay.close();
    bench.close();
  }

  /** An app that ends with 7 once its container has a file {@code /gone}, each time anew. */
  private static final String ENDING =
      "CMD [ -e /gone ] && exit 7; httpd -f -p $PORT & while [ ! -e /gone ]; do sleep 1; done;"
          + " exit 7";

  /** Deploys an app of its own and gives its id. */
  private static String deployed(String... lines) {
    List<String> unique = new ArrayList<>(List.of("RUN echo " + UUID.randomUUID()));
    unique.addAll(List.of(lines));
    BuildRequest request = bench.build(unique.toArray(String[]::new));
    assertThat(bench.built(request).status()).isEqualTo("deployed");
    return request.fields().path("appId").asText();
  }

  private static JsonNode status(String appId) {
    for (JsonNode app : worker.status().path("apps")) {
      if (app.path("appId").asText().equals(appId)) {
        return app;
      }
    }
    throw new AssertionError("no app " + appId);
  }

  private static String state(String appId) {
    return status(appId).path("state").asText();
  }

  private static boolean serves(String appId) {
    String url = "http://127.0.0.1:" + status(appId).path("hostPort").asInt() + "/";
    return WorkerProcess.fetch(url).filter(page -> page.body().equals("page\n")).isPresent();
  }

  private static String token() throws Exception {
    return Files.readString(worker.state().resolve("api-token")).strip();
  }

  private static HttpRequest request(String method, String path, String token) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + worker.port() + path))
        .header("Authorization", "Bearer " + token)
        .method(method, BodyPublishers.noBody())
        .build();
  }

  private static HttpResponse<String> call(String method, String path) throws Exception {
    return HTTP.send(request(method, path, token()), BodyHandlers.ofString());
  }

  private static int exitCode(String... command) throws Exception {
    Process process = worker.launch(command);
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private static boolean hasImages(String appId) {
    return !bench
        .docker()
        .listImagesCmd()
        .withLabelFilter(Map.of(Labels.APP, appId))
        .exec()
        .isEmpty();
  }

  @Test
  void anAppIsListedAndItsOutputPrinted() throws Exception {
    String appId = deployed(TICKING);

    JsonNode app = status(appId);
    assertThat(worker.command("apps").lines().filter(line -> line.startsWith(appId)))
        .singleElement()
        .asString()
        .contains(app.path("deploymentId").asText().substring(0, 8))
        .contains(app.path("commitSha").asText().substring(0, 7))
        .containsPattern("\\d+[sm] +running")
        .contains(String.valueOf(app.path("hostPort").asInt()));
    assertThat(worker.command("logs", appId)).startsWith("hello\n");
    await().until(() -> worker.command("logs", appId, "--tail", "1").startsWith("tick "));
    assertThat(call("GET", "/apps").body()).contains(appId, "\"state\" : \"running\"");
  }

  @Test
  void aFollowedLogGetsWhatIsPrintedFromThenOnUntilTheAppEnds() throws Exception {
    String appId = deployed(TICKING);

    Process follow = worker.launch("logs", appId, "--follow", "--tail", "0");
    BufferedReader lines = follow.inputReader();
    int first = tick(lines.readLine());
    assertThat(tick(lines.readLine())).isEqualTo(first + 1);

    assertThat(exitCode("stop", appId)).isZero();
    while (lines.readLine() != null) {
      // ticks that came before the end
    }
    assertThat(follow.waitFor()).isZero();
  }

  private static int tick(String line) {
    assertThat(line).startsWith("tick ");
    return Integer.parseInt(line.substring("tick ".length()));
  }

  @Test
  void whoFollowsAndIsGoneOrDoesNotReadKeepsNobodyFromFollowing() throws Exception {
    String appId = deployed(TICKING);
    String path = "/apps/" + appId + "/logs?follow=true";
    List<Socket> gone = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Socket socket = new Socket("127.0.0.1", worker.port());
      String head =
          "GET %s HTTP/1.1\r\nHost: worker\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(path, token());
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      gone.add(socket);
    }
    assertThat(call("GET", path).statusCode()).isEqualTo(503);
    assertThat(worker.get("/health/live").status()).isEqualTo(200);

    for (Socket socket : gone) {
      socket.close();
    }

    await()
        .until(
            () -> {
              var answer = HTTP.send(request("GET", path, token()), BodyHandlers.ofInputStream());
              try (InputStream body = answer.body()) {
                return answer.statusCode() == 200 && body.read() == 'h';
              }
            });
  }

  @Test
  void aStoppedAppStaysStoppedUntilItIsStarted() throws Exception {
    String appId = deployed(TICKING);
    await().until(() -> serves(appId));

    assertThat(worker.command("stop", appId)).contains("is stopped");

    assertThat(state(appId)).isEqualTo("stopped");
    assertThat(serves(appId)).isFalse();
    worker.kill();
    worker.start();
    worker.awaitOutput("Ready: ");
    assertThat(state(appId)).isEqualTo("stopped");
    assertThat(serves(appId)).isFalse();
    assertThat(status(appId).path("restarts").asInt()).isZero();

    assertThat(worker.command("start", appId)).contains("is started");
    await().until(() -> serves(appId));
    assertThat(state(appId)).isEqualTo("running");

    assertThat(worker.command("restart", appId)).contains("is restarted");
    await().until(() -> serves(appId));
    assertThat(status(appId).path("restarts").asInt()).isZero();
    assertThat(worker.get("/metrics").body()).contains("skypanel_app_deaths_total 0.0");
  }

  @Test
  void aRemovedAppIsGoneButForItsVolumesUnlessTheyAreNamed() throws Exception {
    String appId = deployed(TICKING);
    String volume = "skypanel-living-" + appId;
    bench
        .docker()
        .createVolumeCmd()
        .withName(volume)
        .withLabels(Map.of(Labels.WORKER, worker.workerId(), Labels.APP, appId))
        .exec();

    assertThat(worker.command("remove", appId))
        .contains("with 1 container(s), 1 image(s) and 0 volume(s)", "stay: " + volume);

    assertThat(bench.containersOf(appId)).isEmpty();
    assertThat(hasImages(appId)).isFalse();
    assertThat(worker.state().resolve("apps/" + appId + ".json")).doesNotExist();
    assertThat(worker.command("apps")).doesNotContain(appId);
    assertThat(volumes(appId)).containsExactly(volume);

    assertThat(worker.command("remove", appId, "--volumes")).contains("1 volume(s)");
    assertThat(volumes(appId)).isEmpty();
    assertThat(worker.command("remove", appId, "--volumes")).contains("has no app '" + appId);
  }

  private static List<String> volumes(String appId) {
    var found =
        bench
            .docker()
            .listVolumesCmd()
            .withFilter("label", List.of(Labels.APP + "=" + appId))
            .exec()
            .getVolumes();
    return found == null ? List.of() : found.stream().map(v -> v.getName()).toList();
  }

  @Test
  void anAppThatEndsByItselfIsShownWithItsExitCodeAndAsACrashLoop() throws Exception {
    String appId = deployed(ENDING);
    run(bench.containersOf(appId).get(0), "touch", "/gone");

    await().until(() -> state(appId).equals("crash loop"));

    assertThat(status(appId).path("lastExit").path("code").asInt()).isEqualTo(7);
    assertThat(status(appId).path("restarts").asInt()).isGreaterThanOrEqualTo(3);
    assertThat(worker.output()).contains("(" + appId + ") is in a crash loop");
    assertThat(worker.get("/metrics").body())
        .contains("skypanel_apps_crashlooping 1.0")
        .containsPattern("skypanel_apps \\d")
        .containsPattern("skypanel_app_deaths_total [3-9]");
    assertThat(exitCode("remove", appId)).isZero();
  }

  @Test
  void afterTheConnectionToTheEngineBrokeDeathsAreHeardOfAgain() throws Exception {
    String appId = deployed(ENDING);
    relay.cut();

    run(bench.containersOf(appId).get(0), "touch", "/gone");

    await().until(() -> status(appId).path("restarts").asInt() > 0);
    assertThat(exitCode("remove", appId)).isZero();
  }

  private static void run(String container, String... command) throws InterruptedException {
    String exec = bench.docker().execCreateCmd(container).withCmd(command).exec().getId();
    bench.docker().execStartCmd(exec).exec(new ResultCallback.Adapter<>()).awaitCompletion();
  }

  @Test
  void withoutTheTokenNothingIsShownOrDone() throws Exception {
    for (String path : List.of("/apps", "/apps/none/logs", "/apps/none/stop")) {
      var answer = HTTP.send(request("GET", path, "wrong"), BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path).isEqualTo(401);
    }
    assertThat(
            HTTP.send(request("DELETE", "/apps/none", "wrong"), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void anUnknownAppOrCallIsAnsweredWithTheWayOut() throws Exception {
    var answer = call("POST", "/apps/none/stop");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("no app 'none'", "skypanel-worker apps");
    assertThat(exitCode("stop", "none")).isEqualTo(1);
    assertThat(worker.command("stop", "none")).contains("no app 'none'");

    assertThat(call("GET", "/appsy").statusCode()).isEqualTo(404);
    assertThat(call("GET", "/apps/none/stop").statusCode()).isEqualTo(405);
    assertThat(call("POST", "/apps").statusCode()).isEqualTo(405);
  }

  @Test
  void anAppThatIsBeingDeployedIsLeftAlone() throws Exception {
    GitRepository repository =
        bench.repository(Map.of("Dockerfile", WorkerBench.dockerfile(TICKING)));
    BuildRequest first = BuildRequest.of(repository.url());
    bench.built(first);
    String appId = first.fields().path("appId").asText();
    String silent = WorkerBench.dockerfile("CMD [\"sleep\", \"120\"]");
    repository.commit(Map.of("Dockerfile", silent), "Listens nowhere");
    String second = bench.panel.queue(first.again());
    await().until(() -> bench.containersOf(appId).size() == 2);

    assertThat(call("POST", "/apps/" + appId + "/stop").statusCode()).isEqualTo(409);
    assertThat(call("POST", "/apps/" + appId + "/stop").body()).contains("is being deployed");
    assertThat(call("DELETE", "/apps/" + appId).body()).contains("is being built");

    assertThat(worker.command("cancel", second)).contains("is being cancelled");
    bench.ended(second);
    assertThat(state(appId)).isEqualTo("running");
    assertThat(call("POST", "/apps/" + appId + "/rollback").statusCode()).isEqualTo(409);
  }
}
