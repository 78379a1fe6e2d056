package io.skypanel.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineFacts;
import io.skypanel.worker.image.Builders;
import io.skypanel.worker.network.Firewall;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The worker's own beans; nothing is started or contacted. */
final class Wiring implements Closeable {
  final WorkerSettings settings;
  final WorkerBeans beans;
  final Properties placeholders;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final DockerEngine engine;

  Wiring(Path folder) throws Exception {
    settings =
        WorkerSettings.read(
            new SettingSources(
                Map.of(
                    "SKYPANEL_URL", "http://localhost:1",
                    "STATE_DIR", folder.resolve("state").toString(),
                    "WORKSPACE_DIR", folder.resolve("work").toString()),
                Map.of(),
                Map.of()),
            new Machine("test", 2, false, folder, folder, folder));
    engine = new DockerEngine(settings.docker());
    beans =
        new WorkerBeans(
            settings,
            "worker",
            "test",
            new ApiToken("test"),
            engine,
            new EngineFacts("test", "/nowhere", 0),
            new Builders(Optional.empty(), "a test"),
            new Firewall(false, engine.client(), new ProcessGroupRunner()),
            new EnginePing(),
            clock,
            new ObjectMapper());
    placeholders = new WorkerCamel(settings, Map.of()).placeholders();
  }

  @Override
  public void close() throws IOException {
    engine.close();
    clock.shutdownNow();
  }
}
