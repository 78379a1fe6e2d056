package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.hostile.HostileRepositories;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pack of some kilobytes that fills every disk. */
class CheckoutSizeIT {
  @TempDir Path folder;

  @Test
  void aRepositoryThatGrowsWithoutEndEndsItsOwnBuildAlone() throws Exception {
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = bench.worker("MAX_CONTEXT_MB", "64")) {
      HostileRepositories hostile =
          new HostileRepositories(
              bench.git.repositories(), bench.git.url(), folder.resolve("canary"), folder);
      String url = hostile.makeOneFileOfManyNames(8 << 20, 4_000);
      String greedy = bench.panel.queue(BuildRequest.of(url));
      String neighbour = bench.panel.queue(bench.webApp(1));

      DeploymentView end = bench.ended(greedy);
      assertThat(end.status()).isEqualTo("building_failed");
      assertThat(end.errorMessage().orElse("")).contains("takes more than 256 MB on disk");
      assertThat(bench.ended(neighbour).status()).isEqualTo("deployed");
      await().until(() -> Files.notExists(worker.workspaces().resolve(greedy)));
    }
  }
}
