package io.skypanel.worker;

import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.sandbox.PanelOptions;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A panel and a git server, for tests that queue small apps and wait for their end. */
final class QueuedApps implements AutoCloseable {
  final SandboxPanel panel = SandboxPanel.open(PanelOptions.today().unlimited());
  private final GitServer git = GitServer.open();

  /** An app whose image takes {@code buildSeconds} to build. */
  BuildRequest app(int buildSeconds) {
    String id = "app-" + UUID.randomUUID();
    var repository = git.create(id);
    repository.commit(
        Map.of(
            "Dockerfile",
            "FROM "
                + BusyboxImage.NAME
                + "\nRUN echo "
                + id
                + "; sleep "
                + buildSeconds
                + "\nCMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]\n"),
        "First version");
    return BuildRequest.of(repository.url());
  }

  String queue(BuildRequest request) {
    return panel.queue(request);
  }

  DeploymentView ended(String deploymentId) {
    await()
        .atMost(Duration.ofSeconds(120))
        .until(
            () -> {
              List<String> statuses = panel.statusesOf(deploymentId);
              String last = statuses.isEmpty() ? "" : statuses.get(statuses.size() - 1);
              return last.equals("deployed") || last.endsWith("_failed");
            });
    return panel.deployment(deploymentId);
  }

  @Override
  public void close() {
    git.close();
    panel.close();
  }
}
