package io.skypanel.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.settings.DockerEndpoint;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BusyboxImageIT {
  @Test
  void makesTheBaseImageOfTheSamplesWithoutARegistry() throws Exception {
    try (var engine =
        new DockerEngine(
            new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()))) {
      DockerClient docker = engine.client();

      BusyboxImage.ensure(docker);

      assertThat(docker.inspectImageCmd(BusyboxImage.NAME).exec().getId()).startsWith("sha256:");
    }
  }
}
