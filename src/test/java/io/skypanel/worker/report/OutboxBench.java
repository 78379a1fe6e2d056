package io.skypanel.worker.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.engine.EngineFacts;
import io.skypanel.worker.panel.MachineFacts;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.OwnAddress;
import io.skypanel.worker.panel.Registration;
import io.skypanel.worker.panel.RequestBudget;
import io.skypanel.worker.panel.SystemInfo;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The outbox of a registered worker whose panel is away. */
public final class OutboxBench {
  final List<String> gone = new ArrayList<>();
  public final Path state;
  final Registration registration;
  public final Outbox outbox;

  public OutboxBench(Path folder) throws Exception {
    ObjectMapper json = new ObjectMapper();
    Map<String, String> environment =
        Map.of(
            "SKYPANEL_URL", "http://localhost:1",
            "STATE_DIR", folder.resolve("state").toString(),
            "WORKSPACE_DIR", folder.resolve("work").toString(),
            "WORKER_NODE_ID", "node",
            "WORKER_AUTH_TOKEN", "token");
    WorkerSettings settings =
        WorkerSettings.read(
            new SettingSources(environment, Map.of(), Map.of()),
            new Machine("test", 2, false, folder, folder, folder));
    var credentials = new NodeCredentials(settings.stateDir(), settings.givenCredentials(), json);
    state = settings.stateDir();
    registration =
        new Registration(
            settings,
            credentials,
            new OwnAddress(Optional.of("127.0.0.1"), settings.skypanelUrl()),
            new SystemInfo(new MachineFacts(settings.workspaceDir()), () -> 0, 3, "test", 0),
            new EngineFacts("test", "/nowhere", 0),
            List.of());
    Duration second = Duration.ofSeconds(1);
    outbox =
        new Outbox(
            new OutboxFiles(settings.stateDir(), json),
            credentials,
            registration,
            new RequestBudget(second, second, 1, System::nanoTime),
            gone::add,
            () -> {});
  }
}
