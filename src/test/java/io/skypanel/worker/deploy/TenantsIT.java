package io.skypanel.worker.deploy;

import static io.skypanel.worker.apps.EngineBench.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.Network;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.WorkerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Apps of several owners on one engine, without a firewall. */
@Isolated("takes a fixed subnet")
class TenantsIT {
  private static final String ACME = "acme-" + UUID.randomUUID();
  private static final String OTHER = "other-" + UUID.randomUUID();
  @TempDir Path folder;
  private EngineBench bench;
  private AppRecords records;
  private DockerTarget target;
  private Deploying deploying;

  @BeforeEach
  void start() {
    bench = new EngineBench(folder);
    records = new AppRecords(bench.settings(Map.of()).stateDir());
    use(bench.settings(Map.of()));
  }

  private void use(WorkerSettings settings) {
    target = new DockerTarget(bench.engine, bench.endpoint, bench.networks(settings));
    deploying =
        new Deploying(
            settings,
            bench.workerId,
            target,
            records,
            Optional.empty(),
            "127.0.0.1",
            Duration.ofSeconds(2),
            EngineRetry.on(bench.engine.client(), Duration.ZERO));
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void anotherTenantsContainerIsOutOfReachAndTheOwnersOtherAppsAreNot() throws Exception {
    Deployment shop = deploy("shop", Optional.of(ACME));
    Deployment blog = deploy("blog", Optional.of(ACME));
    Deployment foreign = deploy("foreign", Optional.of(OTHER));
    Deployment alone = deploy("alone", Optional.empty());

    assertThat(fetch(shop, bench.address(blog.containerId()))).contains("version");
    String slug = records.find("blog").orElseThrow().address().orElseThrow().slug();
    assertThat(fetch(shop, slug)).contains("version " + blog.image().ref().tag());
    for (Deployment stranger : List.of(foreign, alone)) {
      assertThat(get("http://" + bench.address(stranger.containerId()) + ":3000"))
          .contains("version");
      assertThat(fetch(shop, bench.address(stranger.containerId()))).contains("timed out");
      assertThat(fetch(stranger, bench.address(shop.containerId()))).contains("timed out");
    }
  }

  @Test
  void anAppMovesToItsNetworkWithItsNextDeployment() throws Exception {
    use(bench.settings(Map.of("APP_NETWORK", "default")));
    Deployment before = deploy("shop", Optional.of(ACME));
    assertThat(networks(before)).containsExactly("bridge");

    use(bench.settings(Map.of()));
    Deployment after = deploy("shop", Optional.of(ACME));

    assertThat(networks(after)).singleElement().asString().startsWith("skypanel-org-" + ACME);
    assertThat(get(after.url().orElseThrow())).contains("version " + after.image().ref().tag());
    assertThat(bench.hasContainer(before.containerId())).isFalse();
  }

  @Test
  void aStoppedAppStartsAgainThoughItsNetworkWasRemovedMeanwhile() throws Exception {
    Deployment shop = deploy("shop", Optional.of(ACME));
    target.stop(shop.containerId());
    // as docker network prune does, which does not see what is stopped
    removeNetwork();

    target.resume(shop.containerId());

    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get(shop.url().orElseThrow())).contains("version"));
    assertThat(fetch(shop, "shop")).contains("version " + shop.image().ref().tag());
    assertThat(networks(shop)).singleElement().asString().startsWith("skypanel-org-" + ACME);
  }

  @Test
  void aDeploymentWhoseNetworkWasRemovedMeanwhileMakesItAnew() throws Exception {
    Deployment shop = deploy("shop", Optional.of(ACME));
    bench.docker.removeContainerCmd(shop.containerId()).withForce(true).exec();
    removeNetwork();

    assertThat(get(deploy("shop", Optional.of(ACME)).url().orElseThrow())).contains("version");
  }

  @Test
  void aNetworkWithoutRoomIsNamedWithTheWayOut() throws Exception {
    use(bench.settings(Map.of("APP_NETWORK_POOL", "base=10.212.8.0/29,size=29")));
    for (int app = 1; app <= 5; app++) {
      deploy("app-" + app, Optional.of(ACME));
    }

    assertThatThrownBy(() -> deploy("app-6", Optional.of(ACME)))
        .hasMessageContaining("its network is full: set a smaller size in APP_NETWORK_POOL");
  }

  private void removeNetwork() {
    List<Network> ours =
        bench
            .docker
            .listNetworksCmd()
            .withFilter("label", List.of(Labels.WORKER + "=" + bench.workerId))
            .exec();
    assertThat(ours).hasSize(1);
    bench.docker.removeNetworkCmd(ours.get(0).getId()).exec();
  }

  private Deployment deploy(String appId, Optional<String> organization) throws Exception {
    BuildJob job = named(appId, EngineBench.job(appId, organization, Map.of()));
    Deployment deployment = deploying.deployApp.deploy(bench.image(job, WEB), bench.build(job));
    deploying.retirement.retire(appId);
    return deployment;
  }

  private static BuildJob named(String name, BuildJob job) {
    return new BuildJob(
        job.deploymentId(),
        job.appId(),
        name,
        job.organizationId(),
        job.createdAt(),
        job.source(),
        job.dockerfilePath(),
        job.buildCommand(),
        job.startCommand(),
        job.environment(),
        job.metadata());
  }

  private Iterable<String> networks(Deployment deployment) {
    return bench
        .docker
        .inspectContainerCmd(deployment.containerId())
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .keySet();
  }

  private String fetch(Deployment from, String host) throws Exception {
    return bench.fetch(from.containerId(), host, 3000);
  }

  private static String get(String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
