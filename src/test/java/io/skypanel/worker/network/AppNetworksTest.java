package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.settings.IpNetwork;
import io.skypanel.worker.settings.NetworkPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom, and whose networks are odd. */
class AppNetworksTest {
  private static final String WORKER = "worker";

  /** Of addresses for documentation, which no machine reaches. */
  private static final NetworkPool POOL = new NetworkPool(IpNetwork.parse("198.51.100.0/24"), 26);

  private static final AppNetwork ACME = network("acme");
  private static final AppNetwork OTHER = network("other");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private StandInEngine engine;
  private AppNetworks networks;

  @BeforeEach
  void open() throws Exception {
    engine = new StandInEngine();
    networks = new AppNetworks(engine.engine, engine.endpoint, WORKER, POOL);
  }

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    engine.close();
  }

  private static AppNetwork network(String organization) {
    return AppNetwork.ofOwner(WORKER, "organization:" + organization).orElseThrow();
  }

  private String container(AppNetwork network, String id) throws BuildFailure {
    return networks.with(
        network,
        () -> {
          engine.containers.put(id, network.name());
          return id;
        });
  }

  @Test
  void containersOfTwoOrganizationsAndOfOneAreMadeAtOnce() throws Exception {
    CyclicBarrier allAtOnce = new CyclicBarrier(3);
    for (List<AppNetwork> three : List.of(List.of(ACME, ACME, OTHER), List.of(OTHER, ACME, ACME))) {
      List<Future<String>> making =
          three.stream()
              .map(
                  network ->
                      threads.submit(
                          () ->
                              networks.with(
                                  network,
                                  () -> {
                                    meet(allAtOnce);
                                    return network.name();
                                  })))
              .toList();
      for (Future<String> made : making) {
        assertThat(engine.networks()).contains(made.get(20, TimeUnit.SECONDS));
      }
    }
    assertThat(engine.subnet(ACME.name())).isNotEqualTo(engine.subnet(OTHER.name()));
    assertThat(engine.networks()).hasSize(3);
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
    } catch (Exception alone) {
      throw new IllegalStateException("the others' containers wait for this one", alone);
    }
  }

  @Test
  void aNetworkThatAContainerIsBeingMadeForStaysAndHoldsNobodyUp() throws Exception {
    container(OTHER, "c-1");
    engine.containers.remove("c-1");

    String made =
        networks.with(
            ACME,
            () -> {
              assertThat(removed()).isEqualTo(1);
              assertThat(engine.networks()).contains(ACME.name()).doesNotContain(OTHER.name());
              engine.containers.put("c-2", ACME.name());
              return "c-2";
            });

    assertThat(removed()).isZero();
    engine.containers.remove(made);
    assertThat(removed()).isEqualTo(1);
  }

  /** As clean-up does it, on a thread of its own. */
  private int removed() {
    try {
      return threads.submit(networks::removeUnused).get(20, TimeUnit.SECONDS).removed();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNetworkThatIsBeingRemovedIsMadeAnewForTheNextContainer() throws Exception {
    networks.with(ACME, () -> "none");
    CountDownLatch removing = new CountDownLatch(1);
    CountDownLatch mayGo = new CountDownLatch(1);
    engine.beforeRemoval =
        () -> {
          removing.countDown();
          mayGo.await();
        };
    Future<AppNetworks.Removal> removal = threads.submit(networks::removeUnused);
    assertThat(removing.await(20, TimeUnit.SECONDS)).isTrue();
    Thread[] deploying = new Thread[1];
    CountDownLatch begun = new CountDownLatch(1);
    Future<String> made =
        threads.submit(
            () -> {
              deploying[0] = Thread.currentThread();
              begun.countDown();
              return container(ACME, "c-1");
            });
    begun.await();
    await().until(() -> made.isDone() || deploying[0].getState() == Thread.State.WAITING);

    mayGo.countDown();

    assertThat(made.get(20, TimeUnit.SECONDS)).isEqualTo("c-1");
    assertThat(removal.get(20, TimeUnit.SECONDS).removed()).isEqualTo(1);
    assertThat(engine.networks()).contains(ACME.name());
  }

  @Test
  void aContainerWhoseNetworkIsGoneIsPutOnOneThatIsMadeAnew() {
    engine.containers.put("c-1", ACME.name());
    engine.networkLabels.put("c-1", ACME.owner());

    networks.rejoin("c-1");

    assertThat(engine.networks()).contains(ACME.name());
    assertThat(engine.connected).isEqualTo(Map.of("c-1", ACME.name()));
  }

  @Test
  void aLabelOfItsImagePutsNoContainerOnTheNetworkOfAnother() {
    engine.networkLabels.put("c-1", ACME.owner());
    for (String network : List.of("bridge", "default", OTHER.name())) {
      engine.containers.put("c-1", network);

      assertThatThrownBy(() -> networks.rejoin("c-1"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("deploy it again");
    }
    assertThat(engine.connected).isEmpty();
    assertThat(engine.networks()).containsExactly("bridge");
  }

  @Test
  void oneThatCantBeRemovedKeepsNoOther() throws Exception {
    networks.with(ACME, () -> "none");
    networks.with(OTHER, () -> "none");
    engine.stuck.put(ACME.name(), "has active endpoints");

    AppNetworks.Removal removal = networks.removeUnused();

    assertThat(removal.removed()).isEqualTo(1);
    assertThat(removal.failed()).containsExactly(ACME.name());
    assertThat(engine.networks()).containsExactly("bridge", ACME.name());
  }

  @Test
  void oddNetworksOfOthersTakeNoAddressesFromThePool() throws Exception {
    engine.add("dhcp", "0.0.0.0/0");
    engine.add("half", "128.0.0.0/1");
    engine.add("six", "fd00::/8", "::/0");
    engine.add("odd", "", "198.51.100.0/255.255.255.0", "x/26", "/", "1.2.3.4/99");
    engine.add("real", "198.51.100.64/26");

    networks.with(ACME, () -> "none");
    networks.with(OTHER, () -> "none");

    assertThat(List.of(engine.subnet(ACME.name()), engine.subnet(OTHER.name())))
        .containsExactly("198.51.100.0/26", "198.51.100.128/26");
  }
}
