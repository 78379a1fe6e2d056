package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the hook routes can do to a build, with a worker of its own. */
class HooksIT {
  @Test
  void aBuildThatIsCancelledInTheHookBeforeDeployIsNeverCalledASuccess() throws Exception {
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = bench.prepared()) {
      Path hook = worker.routes().resolve("before-deploy.camel.yaml");
      Files.writeString(
          hook,
          Files.readString(hook)
              + "        - log:\n            id: say\n            message: in the hook\n"
              + "            logName: io.skypanel.worker.routes\n"
              + "        - delay:\n            id: wait\n            constant: \"5000\"\n");
      worker.start();
      String id = bench.panel.queue(bench.webApp(0));
      worker.awaitOutput("in the hook");

      worker.terminate();
      worker.awaitOutput("Stopping once these builds have ended");
      worker.terminate();
      worker.awaitOutput("Told to stop again");

      assertThat(worker.awaitExit(Duration.ofSeconds(30))).isZero();
      await().until(() -> bench.panel.statusesOf(id).size() == 2);
      assertThat(bench.panel.statusesOf(id)).containsExactly("building", "building_failed");
    }
  }
}
