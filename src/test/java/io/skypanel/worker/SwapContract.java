package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the users of an app notice when it is replaced: nothing, and never a bad version. */
abstract class SwapContract {
  private static final int REDEPLOYS = 20;
  private static final int CLIENTS = 50;
  private static final int WEB_SOCKETS = 5;
  private static String python;

  WorkerBench bench;
  WorkerProcess worker;

  /** Further settings of the worker, names and values in turn. */
  abstract String[] settings() throws IOException;

  /** Whether the app keeps its address. */
  abstract boolean addressIsStable();

  @BeforeAll
  static void makeBaseImage() throws Exception {
    Process script =
        new ProcessBuilder("src/test/scripts/base-image", "trixie", "ca-certificates,python3")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    python = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(script.waitFor()).as("src/test/scripts/base-image").isZero();
  }

  @BeforeEach
  void open() throws IOException {
    bench = WorkerBench.open();
    worker = bench.worker(settings());
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    bench.close();
  }

  @Test
  void twentyRedeploymentsDropNoRequestAndCloseNoWebSocket() throws Exception {
    DeploymentView chat = bench.built(BuildRequest.of(bench.repository(chat()).url()));
    GitRepository repository = bench.repository(shop(0));
    BuildRequest request = BuildRequest.of(repository.url()).with("appName", "Shop");
    AtomicReference<String> url = new AtomicReference<>(url(bench.built(request)));
    Set<String> addresses = new HashSet<>(Set.of(url.get()));

    try (WebSockets sockets = new WebSockets(WEB_SOCKETS, url(chat));
        Crowd crowd = new Crowd(CLIENTS, url::get)) {
      for (int version = 1; version <= REDEPLOYS; version++) {
        repository.commit(shop(version), "Version " + version);
        DeploymentView deployment = bench.built(request.again());
        assertThat(deployment.status()).as(log(deployment)).isEqualTo("deployed");
        url.set(url(deployment));
        addresses.add(url.get());
        String wanted = "version " + version;
        await().until(() -> crowd.versions.contains(wanted));
      }
      crowd.disperse();
      System.out.printf(
          "%s: %d redeployments, %d requests answered, %d failed, %d of %d WebSockets closed%n",
          getClass().getSimpleName(),
          REDEPLOYS,
          crowd.answered.get(),
          crowd.failures.size(),
          sockets.closed(),
          WEB_SOCKETS);
      assertThat(crowd.failures).isEmpty();
      assertThat(crowd.answered.get()).isGreaterThan(CLIENTS * REDEPLOYS);
      assertThat(sockets.closed()).isZero();
    }
    assertThat(addresses.size() == 1).isEqualTo(addressIsStable());
    await().until(() -> bench.containersOf(request.appId()).size() == 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          it exits               | exec false                                         | exited with code 1
          it dies once it is up  | (sleep 1; kill 1)& exec python3 /app/server.py      | exited with code 0
          it never listens       | exec sleep 300                                     | nothing listens on its port
          it hangs               | exec python3 -c 'import os,socket,time; s=socket.create_server(("",int(os.environ["PORT"]))); time.sleep(300)' | did not answer GET /health
          it answers 500         | sed -i 's/response(200)/response(500)/' /app/server.py; exec python3 /app/server.py | did not answer GET /health
          it needs more memory   | exec python3 -c 'x=bytearray(200<<20); y=bytes(x)'  | killed for memory
          """)
  void aBadVersionLeavesTheGoodOneServing(String what, String command, String reason)
      throws Exception {
    GitRepository repository = bench.repository(shop(1));
    BuildRequest request = BuildRequest.of(repository.url());
    DeploymentView good = bench.built(request);
    assertThat(good.status()).as(log(good)).isEqualTo("deployed");
    Map<String, String> bad = new HashMap<>(shop(2));
    bad.put("skypanel.yaml", yaml(command, reason.contains("/health")));
    repository.commit(bad, what);

    DeploymentView failed = bench.built(request.again());

    assertThat(failed.status()).as(log(failed)).isEqualTo("deployment_failed");
    assertThat(failed.errorMessage().orElseThrow()).contains(reason);
    JsonNode serving = failed.result().path("serving");
    assertThat(serving.path("deploymentId").asText()).isEqualTo(request.deploymentId());
    assertThat(serving.path("url").asText()).isEqualTo(url(good));
    assertThat(get(url(good))).isEqualTo("version 1");
    bench.awaitOnly(request.appId(), good.result().path("containerName").asText());
  }

  @Test
  void anAppWithAVolumeKeepsItAndNeverRunsTwice() throws Exception {
    Map<String, String> files = new HashMap<>(shop(1));
    String counting =
        "mkdir /data/lock || exit 9; trap 'rmdir /data/lock; exit 0' TERM;"
            + " echo start >> /data/starts; echo \"version $(wc -l < /data/starts)\" > /app/version;"
            + " python3 /app/server.py & wait";
    files.put("skypanel.yaml", yaml(counting, false));
    GitRepository repository = bench.repository(files);
    BuildRequest request =
        BuildRequest.of(repository.url()).withConfig("volumes", Map.of("data", "/data"));
    DeploymentView first = bench.built(request);
    assertThat(first.status()).as(log(first)).isEqualTo("deployed");
    assertThat(get(url(first))).isEqualTo("version 1");

    DeploymentView second = bench.built(request.again());
    assertThat(second.status()).as(log(second)).isEqualTo("deployed");
    assertThat(get(url(second))).isEqualTo("version 2");

    Map<String, String> bad = new HashMap<>(files);
    bad.put("skypanel.yaml", yaml("exec false", false));
    repository.commit(bad, "It exits");
    DeploymentView failed = bench.built(request.again());
    assertThat(failed.status()).isEqualTo("deployment_failed");
    // the version before had to be started again, and may be on its way up still
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(() -> assertThat(get(url(second))).isEqualTo("version 3"));
    assertThat(worker.command("remove", request.appId(), "--volumes")).contains("1 volume(s)");
  }

  @Test
  void twoDeploymentsOfOneAppAtOnceEndWithTheNewer() throws Exception {
    GitRepository repository = bench.repository(shop(1));
    BuildRequest request = BuildRequest.of(repository.url());
    String older = bench.panel.queue(request);
    bench.awaitStatus(older, "building");
    repository.commit(shop(2), "Version 2");
    String newer = bench.panel.queue(request.again());

    assertThat(bench.ended(older).status()).isEqualTo("deployed");
    DeploymentView last = bench.ended(newer);
    assertThat(last.status()).as(log(last)).isEqualTo("deployed");
    assertThat(get(url(last))).isEqualTo("version 2");
    await().until(() -> bench.containersOf(request.appId()).size() == 1);
  }

  @Test
  void anOperatorsRollbackStartsTheEarlierImageAgainWithoutABuild() throws Exception {
    GitRepository repository = bench.repository(shop(1));
    BuildRequest request = BuildRequest.of(repository.url());
    bench.built(request);
    repository.commit(shop(2), "Version 2");
    DeploymentView second = bench.built(request.again());
    assertThat(get(url(second))).isEqualTo("version 2");

    String said = worker.command("rollback", request.appId());

    assertThat(said).contains("goes back to deployment " + request.deploymentId());
    await()
        .untilAsserted(
            () ->
                assertThat(bench.panel.statusesOf(request.deploymentId()))
                    .containsExactly(
                        "building",
                        "building_success",
                        "deployed",
                        "building_success",
                        "deployed"));
    DeploymentView back = bench.panel.deployment(request.deploymentId());
    assertThat(get(url(back))).isEqualTo("version 1");
    assertThat(back.result().path("stageMillis").has("image")).isFalse();
    assertThat(worker.command("apps")).contains(request.deploymentId().substring(0, 8));
    await().until(() -> bench.containersOf(request.appId()).size() == 1);
  }

  static String url(DeploymentView deployment) {
    return deployment.result().path("url").asText();
  }

  static String log(DeploymentView deployment) {
    return deployment.errorMessage() + "\n" + deployment.statusLogs().orElse("");
  }

  /** The page, wherever on this machine its host is. */
  static String get(String url) throws IOException {
    try (CloseableHttpClient http = Crowd.client()) {
      return http.execute(
          new HttpGet(url + "/"), answer -> EntityUtils.toString(answer.getEntity()));
    }
  }

  private static String yaml(String command, boolean healthCheck) {
    String text = "run:\n  command: " + quoted(command) + "\n";
    return healthCheck ? text + "  healthCheckPath: /health\n" : text;
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  static Map<String, String> shop(int version) {
    return app("server.py", "version " + version);
  }

  private static Map<String, String> chat() {
    return app("chat.py", UUID.randomUUID().toString());
  }

  private static Map<String, String> app(String program, String version) {
    try {
      return Map.of(
          "Dockerfile",
          "FROM " + python + "\nCOPY . /app\nCMD [\"python3\", \"/app/" + program + "\"]\n",
          program,
          Files.readString(Path.of("src/test/resources/swap", program)),
          "version",
          version);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
