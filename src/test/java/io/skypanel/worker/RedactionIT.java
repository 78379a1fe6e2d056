package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A build and its app that do what they can to show their secrets. */
class RedactionIT {
  private static final String RANDOM = "q9Z7xK2mW8vB4nT6rL3pY5sD";
  private static final String TOKEN = "a token/with what URLs encode";
  private static final String CONFIGURED = "configured-by-the-operator";
  private static final String API = "api-token-of-the-worker";
  private static final String KEY = "first line of it\nc3Vic2VjcmV0LWxpbmUtdHdv\nthe end of it";

  private static final Map<String, String> ENVIRONMENT =
      Map.of("HARMLESS", RANDOM, "MY_TOKEN", TOKEN, "MY_KEY", KEY, "STAGE", "production");

  /** Prints all of them, as they are and in other forms, in one write and in several. */
  private static final String PRINT =
      String.join(
          "; ",
          "printf '%s\\n' \"$HARMLESS\" \"$MY_TOKEN\" \"$MY_KEY\"",
          "printf '%s' \"$HARMLESS\" | head -c 9; sleep 1; printf '%s\\n' \"$HARMLESS\" | tail -c 16",
          "printf '%s' \"$MY_TOKEN\" | base64; printf 'x%s' \"$MY_TOKEN\" | base64",
          "printf '%s' \"$HARMLESS\" | base64 -w 10",
          "echo a%20token%2Fwith%20what%20URLs%20encode",
          "printf '\\033[1mq9Z7xK2mW8vB\\033[0m4nT6rL3pY5sD\\n'",
          "echo https://me:hunter2@example.com/ " + CONFIGURED + " " + API,
          "echo -----BEGIN PRIVATE KEY-----; echo TUlJcHJpdmF0ZQ; echo -----END PRIVATE KEY-----",
          "echo stage is $STAGE, all was printed");

  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() {
    bench = WorkerBench.open();
    worker =
        bench.worker(
            "LOG_LEVEL",
            "debug",
            "DEPLOY_TIMEOUT_SECONDS",
            "5",
            "REDACT_TOKENS",
            CONFIGURED,
            "WORKER_API_TOKEN",
            API);
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  private static BuildRequest request(String command) {
    var repository =
        bench.repository(
            Map.of(
                "print.sh",
                PRINT.replace("; ", "\n") + "\n",
                "Dockerfile",
                WorkerBench.dockerfile(
                    "ARG HARMLESS",
                    "ARG MY_TOKEN",
                    "ARG MY_KEY",
                    "ARG STAGE",
                    "COPY print.sh /print.sh",
                    "RUN sh /print.sh",
                    "CMD [\"sh\", \"-c\", \"sh /print.sh; " + command + "\"]")));
    repository.commit(Map.of("more", "x"), "With " + RANDOM + " in its message");
    return BuildRequest.of(repository.url())
        .environment(ENVIRONMENT)
        .with("appName", "shop " + RANDOM);
  }

  private static List<String> secrets() {
    return List.of(
        RANDOM,
        TOKEN,
        CONFIGURED,
        API,
        "first line of it",
        "c3Vic2VjcmV0LWxpbmUtdHdv",
        "nT6rL3pY5sD",
        "token%2Fwith",
        base64(TOKEN).substring(0, 30),
        base64("x" + TOKEN).substring(4, 30),
        base64(RANDOM).substring(10, 20),
        "hunter2",
        "TUlJcHJpdmF0ZQ");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertNothingGotOut() throws IOException {
    for (String secret : secrets()) {
      bench.assertNowhere(secret, worker);
    }
  }

  @Test
  void noSecretOfADeployedAppGetsOut() throws Exception {
    BuildRequest request = request("exec httpd -f -p $PORT");
    DeploymentView deployment = bench.built(request);

    assertThat(deployment.status()).isEqualTo("deployed");
    assertThat(deployment.statusLogs().orElseThrow())
        .contains("stage is production, all was printed");
    assertThat(deployment.result().path("commitMessage").asText())
        .isEqualTo("With **** in its message");
    assertThat(worker.status().toString()).contains("shop ****");
    await().untilAsserted(() -> assertThat(appLog(request)).contains("stage is production, all"));
    String log = appLog(request);
    assertThat(log).contains("****");
    // an app's output keeps its controls, within a secret too
    String plain = log.replaceAll("(?m)^.*\u001b.*$", "");
    assertThat(secrets()).noneMatch(plain::contains);
    assertNothingGotOut();
  }

  @Test
  void noSecretOfAnAppThatFailsGetsOut() throws Exception {
    DeploymentView deployment = bench.built(request("exit 3"));

    assertThat(deployment.status()).isEqualTo("deployment_failed");
    assertThat(deployment.statusLogs().orElseThrow())
        .contains("stage is production, all was printed");
    assertNothingGotOut();
  }

  @Test
  void whatThePanelSaysOfTheNodeShowsNoSecret() throws Exception {
    String node = bench.panel.nodes().get(0).id();
    bench.panel.setNodeStatus(node, "paused with " + CONFIGURED);
    List<String> ids = bench.queue(1, bench::brief);

    await()
        .untilAsserted(
            () ->
                assertThat(worker.status().path("worker").path("takesNoBuildsBecause").toString())
                    .contains("paused with ****"));
    assertThat(worker.output()).contains("paused with ****");
    assertNothingGotOut();

    bench.panel.setNodeStatus(node, "online");
    ids.forEach(bench::ended);
  }

  private static String appLog(BuildRequest request) throws Exception {
    URI uri =
        URI.create("http://127.0.0.1:" + worker.port() + "/apps/" + request.appId() + "/logs");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + API).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
