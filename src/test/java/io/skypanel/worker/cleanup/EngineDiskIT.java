package io.skypanel.worker.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.DockerEndpoint;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("prunes the engine's build cache")
class EngineDiskIT {
  @Test
  void theEngineTellsItsSizesAndPrunesNothingBelowTheLimit() throws Exception {
    try (var engine =
        new DockerEngine(
            new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()))) {
      BusyboxImage.ensure(engine.client());
      EngineDisk disk = new EngineDisk(engine.http());

      assertThat(disk.imageBytes()).isPositive();
      assertThat(disk.buildCacheBytes()).isNotNegative();
      // more than any machine has: the call is answered, and nothing goes
      assertThat(disk.pruneBuildCache(1L << 60)).isZero();
    }
  }
}
