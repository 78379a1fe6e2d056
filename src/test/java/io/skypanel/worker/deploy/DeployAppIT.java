package io.skypanel.worker.deploy;

import static io.skypanel.worker.apps.EngineBench.SILENT;
import static io.skypanel.worker.apps.EngineBench.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.apps.RecordedProgress;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.WorkerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployAppIT {
  private final String appId = UUID.randomUUID().toString();
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path folder;
  private EngineBench bench;
  private AppRecords records;
  private Deploying deploying;
  private DeployApp deployApp;

  @BeforeEach
  void start() {
    bench = new EngineBench(folder);
    WorkerSettings settings = bench.settings(Map.of());
    records = new AppRecords(settings.stateDir());
    deploying =
        new Deploying(
            settings,
            bench.workerId,
            new DockerTarget(bench.engine, bench.endpoint, bench.networks(settings)),
            records,
            Optional.empty(),
            "127.0.0.1",
            Duration.ofSeconds(5),
            EngineRetry.on(bench.engine.client(), Duration.ZERO));
    deployApp = deploying.deployApp;
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void anAppAnswersAtItsUrlAndKeepsItsPortOverARestart() throws Exception {
    Build build = bench.build(EngineBench.job(appId, Map.of()));

    Deployment deployment = deploy(build, WEB);

    String page = "version " + build.job().deploymentId();
    assertThat(get(deployment)).contains(page);
    assertThat(deployment.warning()).isEmpty();
    RecordedProgress progress = (RecordedProgress) build.progress();
    assertThat(progress.phases).containsExactly(Phase.DEPLOY);
    assertThat(progress.lines).last().isEqualTo("INFO Live at " + deployment.url().orElseThrow());
    assertThat(progress.output()).containsOnlyOnce("about to listen");

    bench.docker.restartContainerCmd(deployment.containerId()).exec();
    await().ignoreExceptions().untilAsserted(() -> assertThat(get(deployment)).contains(page));
  }

  @Test
  void aContainerHasItsLabelsLimitsAndRestartPolicy() throws Exception {
    BuildJob job = EngineBench.job(appId, Map.of("GREETING", "a = b"));

    Deployment deployment = deploy(bench.build(job), WEB);

    assertThat(deployment.containerName()).isEqualTo(ImageRef.containerName(job));
    InspectContainerResponse container =
        bench.docker.inspectContainerCmd(deployment.containerName()).exec();
    assertThat(container.getConfig().getLabels())
        .containsAllEntriesOf(Labels.of(bench.workerId, job));
    assertThat(container.getConfig().getEnv())
        .contains("GREETING=a = b", "PORT=3000", "NODE_ENV=production");
    HostConfig host = container.getHostConfig();
    assertThat(host.getMemory()).isEqualTo(32L << 20).isEqualTo(host.getMemorySwap());
    assertThat(host.getNanoCPUs()).isEqualTo(500_000_000);
    assertThat(host.getPidsLimit()).isEqualTo(512);
    assertThat(host.getSecurityOpts()).contains("no-new-privileges");
    assertThat(host.getPrivileged()).isFalse();
    assertThat(container.getMounts()).isEmpty();
    assertThat(host.getLogConfig().getConfig()).containsEntry("max-file", "3");
    assertThat(host.getRestartPolicy().getName()).isEqualTo("unless-stopped");
  }

  @Test
  void anEntrypointMayBecomeAnotherUserAndNoMoreThanThat() throws Exception {
    BuildJob job = EngineBench.job(appId, Map.of("PORT", "80"));

    Deployment deployment =
        deploy(
            bench.build(job),
            "CMD mkdir -p /www /data && chown 65534:65534 /data && cd /www"
                + " && { grep -E 'CapBnd|NoNewPrivs' /proc/self/status; ulimit -c;"
                + " mknod /dev/x c 1 1; chroot / true; } > index.html 2>&1;"
                + " exec su nobody -c 'exec httpd -f -p 80 -h /www'");

    assertThat(get(deployment))
        .contains("CapBnd:\t00000000000004fb", "NoNewPrivs:\t1", "\n0\n")
        .contains("mknod: /dev/x: Operation not permitted", "chroot: can't change root");
  }

  @Test
  void aRedeploymentAlternatesBetweenTwoPortsAndRemovesTheOlderContainer() throws Exception {
    Deployment first = deploy(bench.build(EngineBench.job(appId, Map.of())), WEB);
    Deployment second = deploy(bench.build(EngineBench.job(appId, Map.of())), WEB);
    Deployment third = deploy(bench.build(EngineBench.job(appId, Map.of())), WEB);

    assertThat(second.port()).isNotEqualTo(first.port());
    assertThat(third.port()).isEqualTo(first.port());
    assertThat(bench.hasContainer(first.containerId())).isFalse();
    assertThat(bench.hasContainer(second.containerId())).isFalse();
    assertThat(get(third)).contains("version " + third.image().ref().tag());
    AppRecord record = records.find(appId).orElseThrow();
    assertThat(record.ports())
        .containsExactlyInAnyOrder(first.port().getAsInt(), second.port().getAsInt());
    assertThat(record.deployments())
        .extracting(d -> d.containerId().orElseThrow())
        .containsExactly(third.containerId(), second.containerId(), first.containerId());
    assertThat(record.deployments()).allMatch(AppDeployment::served);
  }

  @Test
  void anOldAgentsContainerOfTheSameAppGoesAndEverythingElseStays() throws Exception {
    String prefix = ImageRef.PREFIX + appId + "-";
    String oldAgents = bench.container(BusyboxImage.NAME, prefix + UUID.randomUUID(), Map.of());
    String notADeployment = bench.container(BusyboxImage.NAME, prefix + "database", Map.of());
    String longerId =
        bench.container(BusyboxImage.NAME, prefix + "2-" + UUID.randomUUID(), Map.of());
    BuildJob job = EngineBench.job(appId, Map.of());
    BuiltImage image = bench.image(job, WEB);
    // an operator's own container inherits the image's labels
    String operators =
        bench.container(image.id(), "bench-" + UUID.randomUUID(), Map.of("mine", "yes"));

    deployApp.deploy(image, bench.build(job));
    deploying.retirement.retire(appId);

    assertThat(bench.hasContainer(oldAgents)).isFalse();
    assertThat(bench.runs(notADeployment)).isTrue();
    assertThat(bench.runs(longerId)).isTrue();
    assertThat(bench.runs(operators)).isTrue();
  }

  @Test
  void aRepeatedDeliveryReplacesItsOwnLeftover() throws Exception {
    BuildJob job = EngineBench.job(appId, Map.of());
    BuiltImage image = bench.image(job, WEB);
    String leftover = bench.stoppedContainer(image.id(), ImageRef.containerName(job), Map.of());

    Deployment deployment = deployApp.deploy(image, bench.build(job));

    assertThat(bench.hasContainer(leftover)).isFalse();
    assertThat(get(deployment)).contains("version");
  }

  @Test
  void thePortOfTheJobGoesBeforeTheExposedOne() throws Exception {
    Deployment given =
        deploy(bench.build(EngineBench.job(appId, Map.of("PORT", "8081"))), "EXPOSE 9000", WEB);
    assertThat(get(given)).contains("version");

    Deployment exposed =
        deploy(bench.build(EngineBench.job(appId, Map.of())), "EXPOSE 9000 9001/udp", WEB);
    assertThat(get(exposed)).contains("version");
    assertThat(bench.docker.inspectContainerCmd(exposed.containerId()).exec().getConfig().getEnv())
        .contains("PORT=9000");
  }

  @Test
  void anAppThatNeverListensIsDeployedWithAWarning() throws Exception {
    Build build = bench.build(EngineBench.job(appId, Map.of()));

    Deployment deployment = deploy(build, SILENT);

    assertThat(bench.runs(deployment.containerId())).isTrue();
    assertThat(deployment.warning().orElseThrow()).contains("nothing listens on its port 3000");
    RecordedProgress progress = (RecordedProgress) build.progress();
    assertThat(progress.lines).contains("WARN " + deployment.warning().get());
    assertThat(progress.output()).contains("consuming");
  }

  @Test
  void anAppIsUpWhenItsHealthcheckSaysSo() throws Exception {
    Deployment deployment =
        deploy(
            bench.build(EngineBench.job(appId, Map.of())),
            "HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD test -f /www/index.html",
            WEB);

    assertThat(get(deployment)).contains("version");
    assertThat(
            bench
                .docker
                .inspectContainerCmd(deployment.containerId())
                .exec()
                .getState()
                .getHealth()
                .getStatus())
        .isEqualTo("healthy");
  }

  @Test
  void anImagesLabelsAreNoInstructionsAndItsChecksAreNotTooMany() throws Exception {
    Deployment deployment =
        deploy(
            bench.build(EngineBench.job(appId, Map.of())),
            "LABEL traefik.http.routers.x.rule=Host(`bank`) other=1",
            "HEALTHCHECK --interval=1ms --timeout=2562047h --retries=2000000000 CMD true",
            WEB);

    var config = bench.docker.inspectContainerCmd(deployment.containerId()).exec().getConfig();
    assertThat(config.getLabels())
        .containsEntry("traefik.http.routers.x.rule", "")
        .containsEntry("other", "")
        .containsEntry(Labels.APP, appId);
    assertThat(config.getHealthcheck().getInterval()).isEqualTo(1_000_000_000L);
    assertThat(config.getHealthcheck().getTest()).containsExactly("CMD-SHELL", "true");
  }

  private Deployment deploy(Build build, String... dockerfile) throws Exception {
    Deployment deployment = deployApp.deploy(bench.image(build.job(), dockerfile), build);
    deploying.retirement.retire(appId);
    return deployment;
  }

  private String get(Deployment deployment) throws Exception {
    URI uri = URI.create(deployment.url().orElseThrow() + "/index.html");
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }
}
