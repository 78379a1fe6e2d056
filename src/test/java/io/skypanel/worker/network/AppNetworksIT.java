package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.AppIsolation.Networks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("takes fixed subnets and sets a route of this machine")
class AppNetworksIT {
  private static final String NO_CONTAINER = "";
  @TempDir Path folder;
  private EngineBench bench;
  private EngineBench other;

  @BeforeEach
  void start() {
    bench = new EngineBench(folder);
    other = new EngineBench(folder);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
    other.close();
  }

  @Test
  void twoWorkersMakeFarMoreNetworksThanTheEngineByItselfAndNeverTheSame() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> making = new ArrayList<>();
      for (EngineBench worker : List.of(bench, other)) {
        AppNetworks networks = networks(worker, "base=10.212.0.0/16,size=26");
        making.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    networks.with(network(worker, "org-" + i), () -> NO_CONTAINER);
                  }
                  return null;
                }));
      }
      for (Future<?> done : making) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }

    List<Network> made = new ArrayList<>(made(bench));
    made.addAll(made(other));
    assertThat(made).hasSize(60);
    assertThat(made).extracting(AppNetworksIT::subnet).doesNotHaveDuplicates();
    assertThat(made)
        .extracting(n -> n.getOptions().get("com.docker.network.bridge.name"))
        .allMatch(name -> name.startsWith("sky-"))
        .doesNotHaveDuplicates();
    assertThat(made).noneMatch(Network::getEnableIPv6);
    assertThat(networks(bench, "base=10.212.0.0/16,size=26").removeUnused().removed())
        .isEqualTo(30);
    assertThat(made(bench)).isEmpty();
    assertThat(made(other)).hasSize(30);
  }

  @Test
  void aNetworkStaysWhileAContainerIsOnItThoughItIsStopped() throws Exception {
    AppNetworks networks = networks(bench, "base=10.212.0.0/16,size=26");
    AppNetwork network = network(bench, "acme");
    String container = networks.with(network, () -> container(network));
    assertThat(networks.removeUnused().removed()).isZero();
    bench.docker.startContainerCmd(container).exec();
    bench.docker.stopContainerCmd(container).withTimeout(0).exec();
    assertThat(networks.removeUnused().removed()).isZero();

    bench.docker.removeContainerCmd(container).exec();

    assertThat(networks.removeUnused().removed()).isEqualTo(1);
  }

  @Test
  void cleanUpNeverTakesANetworkThatAContainerIsBeingMadeFor() throws Exception {
    AppNetworks networks = networks(bench, "base=10.212.0.0/16,size=26");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> cleaning =
          threads.submit(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  networks.removeUnused();
                }
              });
      for (int i = 0; i < 10; i++) {
        AppNetwork network = network(bench, "racing");
        String container = networks.with(network, () -> container(network));
        bench.docker.startContainerCmd(container).exec();
        assertThat(bench.runs(container)).isTrue();
        bench.docker.removeContainerCmd(container).withForce(true).exec();
      }
      assertThat(cleaning.isDone()).isFalse();
      cleaning.cancel(true);
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatLooksLikeOursButIsNotIsLeftAlone() throws Exception {
    AppNetwork network = network(bench, "acme");
    // an operator has copied the label, or another owner's id comes to the same name
    bench
        .docker
        .createNetworkCmd()
        .withName("bench-" + UUID.randomUUID())
        .withLabels(network.labels(bench.workerId))
        .withIpam(ipam("10.212.9.0/29"))
        .exec();
    bench
        .docker
        .createNetworkCmd()
        .withName(network.name())
        .withLabels(Map.of(Labels.WORKER, bench.workerId, Labels.NETWORK, "organization:ACME"))
        .withIpam(ipam("10.212.9.8/29"))
        .exec();
    AppNetworks networks = networks(bench, "base=10.212.0.0/16,size=26");

    assertThatThrownBy(() -> networks.with(network, () -> NO_CONTAINER))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessage("Network " + network.name() + " is not this owner's; remove or rename it");
    networks.removeUnused();
    assertThat(made(bench)).extracting(Network::getName).anyMatch(n -> n.startsWith("bench-"));
  }

  @Test
  void aPoolThatIsFullIsNamed() throws Exception {
    AppNetworks networks = networks(bench, "base=10.212.9.0/28,size=29");
    networks.with(network(bench, "one"), () -> NO_CONTAINER);
    networks.with(network(bench, "two"), () -> NO_CONTAINER);

    assertThatThrownBy(() -> networks.with(network(bench, "three"), () -> NO_CONTAINER))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("all of APP_NETWORK_POOL (base=10.212.9.0/28,size=29) is taken")
        .hasMessageContaining("enlarge it");
    networks.with(network(bench, "two"), () -> NO_CONTAINER);
  }

  @Test
  void whatThisMachineReachesOtherwiseIsNotTaken() throws Exception {
    ip("route", "add", "10.212.9.0/29", "dev", "lo");
    try {
      networks(bench, "base=10.212.9.0/28,size=29").with(network(bench, "one"), () -> NO_CONTAINER);

      assertThat(made(bench)).extracting(AppNetworksIT::subnet).containsExactly("10.212.9.8/29");
    } finally {
      ip("route", "del", "10.212.9.0/29", "dev", "lo");
    }
  }

  private static void ip(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private AppNetworks networks(EngineBench worker, String pool) {
    return worker.networks(worker.settings(Map.of("APP_NETWORK_POOL", pool)));
  }

  private static AppNetwork network(EngineBench worker, String organization) {
    return AppNetwork.of(
            Networks.ORGANIZATION,
            worker.workerId,
            EngineBench.job("app", Optional.of(organization), Map.of()))
        .orElseThrow();
  }

  private String container(AppNetwork network) {
    return bench
        .docker
        .createContainerCmd(BusyboxImage.NAME)
        .withLabels(Map.of(Labels.WORKER, bench.workerId))
        .withHostConfig(HostConfig.newHostConfig().withNetworkMode(network.name()))
        .withCmd("sleep", "60")
        .exec()
        .getId();
  }

  private static List<Network> made(EngineBench worker) {
    return worker
        .docker
        .listNetworksCmd()
        .withFilter("label", List.of(Labels.WORKER + "=" + worker.workerId))
        .exec();
  }

  private static Network.Ipam ipam(String subnet) {
    return new Network.Ipam().withConfig(new Network.Ipam.Config().withSubnet(subnet));
  }

  private static String subnet(Network network) {
    return network.getIpam().getConfig().get(0).getSubnet();
  }
}
