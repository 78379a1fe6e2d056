package io.skypanel.worker.deploy;

import static io.skypanel.worker.apps.EngineBench.SILENT;
import static io.skypanel.worker.apps.EngineBench.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.apps.RecordedProgress;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.WorkerSettings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployFailureIT {
  private final String appId = UUID.randomUUID().toString();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  @TempDir Path folder;
  private EngineBench bench;
  private AppRecords records;
  private DockerTarget target;

  @BeforeEach
  void start() {
    bench = new EngineBench(folder);
    records = new AppRecords(bench.settings(Map.of()).stateDir());
    target =
        new DockerTarget(bench.engine, bench.endpoint, bench.networks(bench.settings(Map.of())));
  }

  @AfterEach
  void stop() throws Exception {
    threads.shutdownNow();
    bench.close();
  }

  @Test
  void anAppThatExitsIsRemovedAndItsPredecessorRunsOn() throws Exception {
    Deployment old = deployApp(Duration.ofSeconds(20), Map.of()).deploy(image(WEB), last);
    Build build = build(Map.of());

    assertThatThrownBy(
            () ->
                deployApp(Duration.ofSeconds(20), Map.of())
                    .deploy(
                        bench.image(
                            build.job(), "CMD echo \"no database\"; sleep 0.3; printf bye; exit 3"),
                        build))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("exited with code 3");

    assertThat(((RecordedProgress) build.progress()).output()).isEqualTo("no database\nbye\n");
    assertThat(containerOf(build)).isEmpty();
    assertThat(bench.runs(old.containerId())).isTrue();
    assertThat(records.find(appId).orElseThrow().current().orElseThrow().containerId())
        .contains(old.containerId());
  }

  @Test
  void anAppThatIsKilledForMemoryIsToldSo() {
    Build build = build(Map.of());

    assertThatThrownBy(
            () ->
                deployApp(Duration.ofSeconds(30), Map.of("APP_MEMORY", "8m"))
                    .deploy(bench.image(build.job(), "CMD exec tail /dev/zero"), build))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("killed for memory, out of its 8 MiB")
        .hasMessageContaining("exited with code 137");
  }

  @Test
  void aCommandThatIsNotThereIsTheUsersFault() {
    Build build = build(Map.of());

    assertThatThrownBy(
            () ->
                deployApp(Duration.ofSeconds(5), Map.of())
                    .deploy(bench.image(build.job(), "CMD [\"/no-such-program\"]"), build))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("/no-such-program");
    assertThat(containerOf(build)).isEmpty();
  }

  @Test
  void anUnhealthyAppFailsWithItsLastHealthOutput() {
    Build build = build(Map.of());

    assertThatThrownBy(
            () ->
                deployApp(Duration.ofSeconds(5), Map.of())
                    .deploy(
                        bench.image(
                            build.job(),
                            "HEALTHCHECK --interval=1s --timeout=2s --retries=1"
                                + " CMD echo no queue; exit 1",
                            SILENT),
                        build))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("unhealthy")
        .hasMessageContaining("no queue");
    assertThat(containerOf(build)).isEmpty();
  }

  @Test
  void aStopDuringTheProbeRemovesTheNewContainerAndLeavesTheOld() throws Exception {
    DeployApp deployApp = deployApp(Duration.ofSeconds(50), Map.of());
    Deployment old = deployApp.deploy(image(WEB), last);
    Build build = build(Map.of());
    BuiltImage image = bench.image(build.job(), SILENT);
    Future<Deployment> deploying = threads.submit(() -> deployApp.deploy(image, build));
    await().until(() -> containerOf(build).size() == 1);

    build.stop().stop(new BuildFailure.Cancelled("cancelled by a test"));

    assertThatThrownBy(() -> deploying.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("cancelled by a test");
    assertThat(containerOf(build)).isEmpty();
    assertThat(bench.runs(old.containerId())).isTrue();
  }

  @Test
  void ofAnAppThatPrintsWithoutEndTheLogGetsABoundedPart() throws Exception {
    Build build = build(Map.of());

    assertThatThrownBy(
            () ->
                deployApp(Duration.ofSeconds(20), Map.of())
                    .deploy(
                        bench.image(
                            build.job(),
                            "CMD i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done;"
                                + " echo the end; exit 1"),
                        build))
        .isInstanceOf(BuildFailure.UserFault.class);

    String output = ((RecordedProgress) build.progress()).output();
    assertThat(output).startsWith("line 1\n").endsWith("line 20000\nthe end\n");
    assertThat(output.length()).isLessThan(100_000);
  }

  @Test
  void withAnEngineElsewhereAPortIsUpOnlyIfSomebodyIsBehindIt() throws Exception {
    // not loopback, so that docker-proxy is met as from another machine
    String address =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
            .map(InetAddress::getHostAddress)
            .findFirst()
            .orElseThrow();
    target =
        new DockerTarget(
            bench.engine,
            new DockerEndpoint("tcp://" + address + ":1", false, Optional.empty()),
            bench.networks(bench.settings(Map.of())));
    DeployApp deployApp = deployApp(Duration.ofSeconds(2), Map.of("APP_BIND", "0.0.0.0"));

    assertThat(deployApp.deploy(image(SILENT), last).warning()).isPresent();
    assertThat(deployApp.deploy(image(WEB), last).warning()).isEmpty();
    // the version before did listen, so its users rely on it
    assertThatThrownBy(() -> deployApp.deploy(image(SILENT), last))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("nothing listens on its port");
  }

  @Test
  void aHostPortThatAnotherProgramHoldsIsFollowedByTheNext() throws Exception {
    // an engine elsewhere can't be asked beforehand which ports its machine has in use
    DeployApp deployApp =
        deployApp(
            Duration.ofSeconds(5),
            Map.of("DOCKER_HOST", "tcp://192.0.2.77:2375", "APP_PORT_RANGE", "31600-31610"));
    try (ServerSocket held = new ServerSocket(31600, 1, InetAddress.getLoopbackAddress())) {
      assertThat(held.isBound()).isTrue();
      assertThat(deployApp.deploy(image(WEB), last).port()).hasValue(31601);
    }
  }

  @Test
  void aStoppedContainersPortsAreTakenToo() throws Exception {
    Deployment deployment = deployApp(Duration.ofSeconds(5), Map.of()).deploy(image(WEB), last);
    int port = deployment.port().getAsInt();
    assertThat(target.takenPorts()).contains(port);

    bench.docker.stopContainerCmd(deployment.containerId()).exec();

    assertThat(target.takenPorts()).contains(port);
    bench.docker.removeContainerCmd(deployment.containerId()).exec();
    assertThat(target.takenPorts()).doesNotContain(port);
  }

  private Build last;

  /** An image of a new deployment, whose build is then {@link #last}. */
  private BuiltImage image(String dockerfile) {
    last = build(Map.of());
    return bench.image(last.job(), dockerfile);
  }

  private Build build(Map<String, String> environment) {
    return bench.build(EngineBench.job(appId, environment));
  }

  private DeployApp deployApp(Duration listenWithin, Map<String, String> given) {
    WorkerSettings settings = bench.settings(given);
    return new Deploying(
            settings,
            bench.workerId,
            target,
            records,
            Optional.empty(),
            "127.0.0.1",
            listenWithin,
            EngineRetry.on(bench.engine.client(), Duration.ZERO))
        .deployApp;
  }

  private List<?> containerOf(Build build) {
    String name = "^/?" + ImageRef.containerName(build.job()) + "$";
    return bench.docker.listContainersCmd().withShowAll(true).withNameFilter(List.of(name)).exec();
  }
}
