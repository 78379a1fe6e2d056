package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Labels;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.DeploymentView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** On an engine with userns-remap, as docs/security.md recommends. */
@Isolated("starts a second engine")
class UsernsIT {
  private static final int FIRST_REMAPPED_USER = 100_000; // what /etc/subuid begins with

  @TempDir Path folder;

  @Test
  void anAppThatIsRootInItsContainerIsNobodyOnTheHost() throws Exception {
    try (WorkerBench bench = WorkerBench.open();
        RemappedEngine engine = RemappedEngine.start(folder)) {
      BusyboxImage.ensure(engine.docker());
      try (WorkerProcess worker = bench.worker("DOCKER_HOST", engine.host())) {
        try {
          BuildRequest app =
              bench.build(
                  "RUN echo users $(cat /proc/self/uid_map)",
                  "CMD [\"sh\", \"-c\", \"exec httpd -f -p $PORT\"]");

          DeploymentView deployed = bench.built(app);

          assertThat(deployed.status()).as(deployed.toString()).isEqualTo("deployed");
          assertThat(deployed.statusLogs().orElseThrow())
              .contains("users 0 " + FIRST_REMAPPED_USER);
          var container =
              engine
                  .docker()
                  .listContainersCmd()
                  .withLabelFilter(Map.of(Labels.APP, app.appId()))
                  .exec()
                  .get(0);
          int pid =
              engine
                  .docker()
                  .inspectContainerCmd(container.getId())
                  .exec()
                  .getState()
                  .getPidLong()
                  .intValue();
          assertThat(uidOf(pid)).isGreaterThanOrEqualTo(FIRST_REMAPPED_USER);
        } finally {
          // an engine that ends leaves the bridges of its networks behind, and their routes with
          // them
          WorkerProcess.removeFromEngine(engine.docker(), Map.of(Labels.WORKER, worker.workerId()));
        }
      }
    }
  }

  private static int uidOf(int pid) throws Exception {
    return Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("Uid:"))
        .map(line -> Integer.parseInt(line.split("\\s+", -1)[1]))
        .findFirst()
        .orElseThrow();
  }
}
