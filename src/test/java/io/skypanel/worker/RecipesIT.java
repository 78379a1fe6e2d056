package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recipes of docs/routes.md, each saved into a running worker's route folder. */
class RecipesIT {
  private static final Duration SECONDS = Duration.ofSeconds(20);
  private static final String PAGES_HOST = "http://127.0.0.1:8080";
  private static final String PAGES_ORGANIZATION = "5d2f7c1e-0000-4000-8000-000000000000";

  private static WorkerBench bench;
  private static WorkerProcess worker;
  private static HttpServer tools;
  private static final List<JsonNode> received = new CopyOnWriteArrayList<>();
  private static volatile int answer = 200;
  private static volatile String reason = "";

  @BeforeAll
  static void open() throws IOException {
    tools = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tools.createContext(
        "/",
        exchange -> {
          try (exchange) {
            received.add(new ObjectMapper().readTree(exchange.getRequestBody()));
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer, text.length == 0 ? -1 : text.length);
            exchange.getResponseBody().write(text);
          }
        });
    tools.start();
    bench = WorkerBench.open();
    worker = bench.worker("MAX_CONCURRENT_BUILDS", "2");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
    tools.stop(0);
  }

  private static String toolsUrl() {
    return "http://127.0.0.1:" + tools.getAddress().getPort();
  }

  private static void tools(int status, String text) {
    received.clear();
    answer = status;
    reason = text;
  }

  private static void apply(Recipe recipe) {
    long before = takenOver(recipe.file());
    recipe.applyTo(worker.routes());
    await().atMost(SECONDS).until(() -> takenOver(recipe.file()) > before);
  }

  private static void takeBack(Recipe recipe) throws IOException {
    long before = takenOver(recipe.file());
    Path original = WorkerProcess.PROJECT.resolve("routes").resolve(recipe.file());
    Files.writeString(worker.routes().resolve(recipe.file()), Files.readString(original));
    await().atMost(SECONDS).until(() -> takenOver(recipe.file()) > before);
  }

  private static long takenOver(String file) {
    return worker.output().lines().filter(l -> l.endsWith(file + " was taken over")).count();
  }

  @Test
  void aScannerThatSaysNoFailsTheBuildBeforeAnythingIsStarted() throws Exception {
    Recipe scan = Recipe.named("scan").with(PAGES_HOST, toolsUrl());
    apply(scan);

    tools(422, "CVE-2026-1234 in libexample");
    BuildRequest bad = bench.webApp(0);
    DeploymentView refused = bench.built(bad);
    assertThat(refused.statuses()).containsExactly("building", "building_failed");
    assertThat(refused.errorMessage())
        .contains("The scanner refused the image: CVE-2026-1234 in libexample");
    assertThat(received).hasSize(1);
    assertThat(received.get(0).path("image").asText())
        .isEqualTo("skypanel-app-" + bad.appId() + ":" + bad.deploymentId());
    assertThat(received.get(0).path("id").asText()).startsWith("sha256:");

    tools(200, "clean");
    DeploymentView passed = bench.built(bench.webApp(0));
    assertThat(passed.statuses()).containsExactly("building", "building_success", "deployed");
    assertThat(received).hasSize(1);
    takeBack(scan);
  }

  @Test
  void aWebhookHearsHowEachBuildEndedAndItsOwnFailureChangesNothing() throws Exception {
    Recipe webhook = Recipe.named("webhook").with(PAGES_HOST, toolsUrl());
    apply(webhook);

    tools(204, "");
    BuildRequest request = bench.webApp(0).with("appName", "the \"quoted\" shop");
    DeploymentView deployed = bench.built(request);
    await().atMost(SECONDS).until(() -> received.size() == 1);
    JsonNode said = received.get(0);
    assertThat(said.path("deploymentId").asText()).isEqualTo(request.deploymentId());
    assertThat(said.path("appName").asText()).isEqualTo("the \"quoted\" shop");
    assertThat(said.path("status").asText()).isEqualTo("deployed");
    assertThat(said.path("url").asText()).isEqualTo(deployed.result().path("url").asText());

    tools(500, "down");
    BuildRequest broken = bench.webApp(0).branch("nowhere");
    assertThat(bench.built(broken).statuses()).containsExactly("building", "building_failed");
    await()
        .atMost(SECONDS)
        .until(
            () ->
                worker
                    .output()
                    .contains("After build " + broken.deploymentId() + " had ended: HTTP"));
    assertThat(received.get(0).path("error").asText()).contains("nowhere");
    takeBack(webhook);
  }

  @Test
  void onlyOneOrganizationsAppsAreBuiltAndTheOthersStayQueued() throws Exception {
    String ours = UUID.randomUUID().toString();
    Recipe organization = Recipe.named("organization").with(PAGES_ORGANIZATION, ours);
    apply(organization);

    String foreign = bench.panel.queue(bench.webApp(0));
    String nobodys = bench.panel.queue(bench.webApp(0).without("organizationId"));
    String first = bench.panel.queue(bench.webApp(0).with("organizationId", ours));
    assertThat(bench.ended(first).status()).isEqualTo("deployed");
    String second = bench.panel.queue(bench.webApp(0).with("organizationId", ours));
    assertThat(bench.ended(second).status()).isEqualTo("deployed");
    for (String left : List.of(foreign, nobodys)) {
      assertThat(bench.panel.calls(".*/builds/" + left + "/.*")).isEmpty();
      assertThat(bench.panel.deployment(left).status()).isEqualTo("pending");
    }

    takeBack(organization);
    assertThat(bench.ended(foreign).status()).isEqualTo("deployed");
    assertThat(bench.ended(nobodys).status()).isEqualTo("deployed");
  }
}
