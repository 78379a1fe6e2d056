package io.skypanel.worker.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.checkout.KeptCheckouts;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the build cache is pruned, and down to what. A server stands in for the engine: a real one's
 * cache belongs to all who build on it, and no test may empty that.
 */
class BuildCacheTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;
  private final List<String> pruned = new CopyOnWriteArrayList<>();
  private volatile long cacheBytes;
  private HttpServer server;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/system/df", () -> "{\"BuildCache\":[{\"Size\":" + cacheBytes + "}]}");
    answer("/build/prune", () -> "{\"SpaceReclaimed\":" + GIB + "}");
    server.start();
  }

  private void answer(String path, java.util.function.Supplier<String> json) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (path.equals("/build/prune")) {
              pruned.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            }
            byte[] bytes = json.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Tally cleanUp(int limitGb) throws Exception {
    Map<String, String> environment =
        Map.of(
            "SKYPANEL_URL", "http://localhost:1",
            "STATE_DIR", folder.resolve("state").toString(),
            "WORKSPACE_DIR", folder.resolve("work").toString(),
            "BUILD_CACHE_GB", String.valueOf(limitGb),
            "DOCKER_HOST", "tcp://127.0.0.1:" + server.getAddress().getPort());
    WorkerSettings settings =
        WorkerSettings.read(
            new SettingSources(environment, Map.of(), Map.of()),
            new Machine("test", 2, false, folder, folder, folder));
    try (DockerEngine engine = new DockerEngine(settings.docker())) {
      return new CleanUp(
              settings,
              "worker",
              engine,
              KeptCheckouts.NONE,
              () -> false,
              new AppRecords(settings.stateDir()),
              new Launches(settings.stateDir()),
              new LeftoverImages(settings.stateDir()),
              new AppNetworks(engine, settings.docker(), "worker", settings.isolation().pool()),
              workspace -> false,
              Set::of)
          .buildCache(Tally.NONE);
    }
  }

  @Test
  void beyondItsLimitTheCacheIsPrunedDownToIt() throws Exception {
    cacheBytes = 2 * GIB + 1;

    Tally tally = cleanUp(2);

    assertThat(pruned).containsExactly("POST /build/prune?keep-storage=" + 2 * GIB);
    assertThat(tally.bytes()).isEqualTo(GIB);
  }

  @Test
  void upToItsLimitTheCacheIsLeftAlone() throws Exception {
    cacheBytes = 2 * GIB;

    assertThat(cleanUp(2).isEmpty()).isTrue();
    assertThat(pruned).isEmpty();
  }

  @Test
  void withoutALimitTheCacheIsNeverPruned() throws Exception {
    cacheBytes = 1000 * GIB;

    assertThat(cleanUp(0).isEmpty()).isTrue();
    assertThat(pruned).isEmpty();
  }
}
