package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skypanel.worker.engine.ContainerSwitch;
import io.skypanel.worker.network.AppNetwork;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.network.StandInEngine;
import io.skypanel.worker.settings.AppIsolation.Networks;
import io.skypanel.worker.settings.IpNetwork;
import io.skypanel.worker.settings.NetworkPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a removal when the engine does not do a part of it. */
class AppControlTest {
  private static final String WORKER = "worker";

  @TempDir Path state;
  private final List<String> forgotten = new ArrayList<>();
  private StandInEngine engine;
  private AppNetworks networks;
  private AppRecords records;
  private AppControl control;

  @BeforeEach
  void open() throws Exception {
    engine = new StandInEngine();
    networks =
        new AppNetworks(
            engine.engine,
            engine.endpoint,
            WORKER,
            new NetworkPool(IpNetwork.parse("198.51.100.0/24"), 26));
    records = new AppRecords(state);
    var power = new ContainerSwitch(engine.engine.client(), networks::rejoin);
    control =
        new AppControl(
            power,
            records,
            new AppLocks(),
            new AppRemoval(engine.engine, WORKER, power, networks),
            new AppBoard(records::find, new SimpleMeterRegistry(), System::nanoTime),
            new AppControl.Surroundings(
                app -> {},
                app -> false,
                images -> {},
                forgotten::addAll,
                (app, deployment) -> {
                  throw new RollbackStarter.NotPossible("not here");
                }));
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  private AppNetwork network(String app) throws Exception {
    AppNetwork network =
        AppNetwork.of(Networks.APP, WORKER, LaunchesTest.job("d1", app, Map.of())).orElseThrow();
    networks.with(network, () -> "no container");
    return network;
  }

  @Test
  void anAppIsRemovedThoughItsNetworkIsNotAndThatIsTold() throws Exception {
    AppNetwork shops = network("shop");
    AppNetwork blogs = network("blog");
    engine.stuck.put(shops.name(), "network has active endpoints");
    AppRecord shop = records.update("shop", app -> app.named("Shop").in(AppRecord.State.STOPPED));

    String done = control.remove(shop, true);

    assertThat(done)
        .startsWith("Shop is removed")
        .endsWith("; not removed, so clean-up tries again: network " + shops.name());
    assertThat(records.find("shop")).isEmpty();
    assertThat(engine.networks()).contains(shops.name()).doesNotContain(blogs.name());
  }

  @Test
  void anAppWithoutAnythingLeftIsRemovedWithoutAWordOfNetworks() throws Exception {
    AppNetwork network = network("shop");

    String done = control.remove(records.update("shop", app -> app.named("Shop")), true);

    assertThat(done).startsWith("Shop is removed").doesNotContain("network");
    assertThat(engine.networks()).doesNotContain(network.name());
  }
}
