package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.ingress.Caddy;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind a Caddy: the address stays. */
@Order(2) // it takes longest: begun last, it would run alone
class CaddySwapIT extends SwapContract {
  private static final String FOREIGN =
      """
      {"http": {"servers": {"operators": {"listen": [":PORT"], "automatic_https": {"disable": true},
        "routes": [{"@id": "operators-own", "match": [{"host": ["www.localhost"]}],
          "handle": [{"handler": "static_response", "body": "the operator's own"}]}]}}}}
      """;

  @TempDir Path folder;
  private Caddy caddy;

  @Override
  String[] settings() throws IOException {
    caddy = Caddy.start(folder.resolve("caddy"));
    caddy.load(FOREIGN);
    return new String[] {
      "APPS_DIR", Files.createDirectories(folder.resolve("apps")).toString(),
      "INGRESS", "caddy",
      "CADDY_ADMIN_URL", caddy.adminUrl().toString(),
      "INGRESS_LISTEN", "http://:" + caddy.port(),
      "INGRESS_DOMAIN", "localhost",
      "STAY_UP_SECONDS", "2",
      "DEPLOY_TIMEOUT_SECONDS", "5",
      "APP_MEMORY", "128m"
    };
  }

  @AfterEach
  void stopCaddy() {
    caddy.close();
  }

  @Override
  boolean addressIsStable() {
    return true;
  }

  @Test
  void foreignRoutesStayAsTheyAreAndTheAppsPortIsOnLoopbackAlone() throws Exception {
    JsonNode before = foreignRoute();
    DeploymentView shop = bench.built(BuildRequest.of(bench.repository(shop(1)).url()));

    assertThat(foreignRoute()).isEqualTo(before);
    assertThat(get("http://www.localhost:" + caddy.port())).isEqualTo("the operator's own");
    assertThat(get(url(shop))).isEqualTo("version 1");
    String host =
        bench
            .docker()
            .inspectContainerCmd(shop.result().path("containerName").asText())
            .exec()
            .getHostConfig()
            .getPortBindings()
            .getBindings()
            .values()
            .iterator()
            .next()[0]
            .getHostIp();
    assertThat(host).isEqualTo("127.0.0.1");
  }

  @Test
  void aWorkerThatIsKilledInTheMiddleOfASwapDropsNoRequest() throws Exception {
    GitRepository repository = bench.repository(shop(0));
    BuildRequest request = BuildRequest.of(repository.url());
    String url = url(bench.built(request));

    Path record = worker.state().resolve("apps/" + request.appId() + ".json");
    int version = 0;
    try (Crowd crowd = new Crowd(10, () -> url)) {
      for (Moment moment :
          List.<Moment>of(
              id -> bench.containersOf(request.appId()).size() == 2,
              id -> Files.readString(record).contains(id),
              id -> Files.readString(record).contains("\"successor\" : \"" + id),
              id -> bench.panel.statusesOf(id).contains("deployed"))) {
        version++;
        repository.commit(shop(version), "Version " + version);
        String id = bench.panel.queue(request.again());
        await().until(() -> moment.hasCome(id));
        worker.kill();
        worker.start();
        DeploymentView deployment = bench.ended(id);
        assertThat(deployment.status()).as(log(deployment)).isEqualTo("deployed");
        String wanted = "version " + version;
        await().until(() -> crowd.versions.contains(wanted));
      }
      crowd.disperse();
      assertThat(crowd.failures).isEmpty();
    }
    await().until(() -> bench.containersOf(request.appId()).size() == 1);
  }

  /** When the worker is killed. */
  private interface Moment {
    boolean hasCome(String deploymentId) throws IOException;
  }

  @Test
  void aCaddyThatHasLostItsConfigurationIsPutRightWithinAMinute() throws Exception {
    DeploymentView shop = bench.built(BuildRequest.of(bench.repository(shop(1)).url()));

    caddy.restart();

    await()
        .atMost(Duration.ofSeconds(70))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get(url(shop))).isEqualTo("version 1"));
  }

  @Test
  void anAppsAddressFollowsWhatIsDoneToIt() throws Exception {
    BuildRequest request = BuildRequest.of(bench.repository(shop(1)).url()).with("appName", "Shop");
    Files.writeString(
        folder.resolve("apps/" + request.appId() + ".yaml"), "domains: [shop.example.org]\n");
    DeploymentView shop = bench.built(request);
    assertThat(url(shop)).isEqualTo("http://shop.localhost:" + caddy.port());
    assertThat(shop.result().path("port").asInt()).isBetween(20000, 29999);
    assertThat(get("http://shop.example.org:" + caddy.port())).isEqualTo("version 1");

    worker.command("stop", "shop");
    assertThat(get(url(shop))).contains("This app is stopped");
    worker.command("start", "shop");
    await().ignoreExceptions().until(() -> get(url(shop)).equals("version 1"));

    caddy.restart();
    worker.kill();
    worker.start();
    worker.awaitOutput("Ready: ");
    await().ignoreExceptions().until(() -> get(url(shop)).equals("version 1"));

    worker.command("remove", "shop");
    assertThat(caddy.config().toString()).doesNotContain(request.appId());
  }

  @Test
  void aNameThatIsTakenIsFollowedByPartOfTheAppsId() throws Exception {
    BuildRequest one = BuildRequest.of(bench.repository(shop(1)).url()).with("appName", "My Shop");
    BuildRequest other =
        BuildRequest.of(bench.repository(shop(2)).url()).with("appName", "my shop");
    BuildRequest operators =
        BuildRequest.of(bench.repository(shop(3)).url()).with("appName", "www");

    assertThat(url(bench.built(one))).isEqualTo("http://my-shop.localhost:" + caddy.port());
    assertThat(url(bench.built(other)))
        .isEqualTo(
            "http://my-shop-" + other.appId().substring(0, 6) + ".localhost:" + caddy.port());
    assertThat(url(bench.built(operators)))
        .isEqualTo(
            "http://www-" + operators.appId().substring(0, 6) + ".localhost:" + caddy.port());
    assertThat(get("http://my-shop.localhost:" + caddy.port())).isEqualTo("version 1");
  }

  private JsonNode foreignRoute() {
    JsonNode routes = caddy.config().at("/apps/http/servers/operators/routes");
    return StreamSupport.stream(routes.spliterator(), false)
        .filter(route -> route.path("@id").asText().equals("operators-own"))
        .findFirst()
        .orElseThrow();
  }
}
