package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.settings.DockerEndpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BuildxEnvironmentTest {
  private static final Path FOLDER = Path.of("/builds/a/buildx-1");
  private static final DockerEndpoint LOCAL =
      new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty());

  @Test
  void howRegistriesAreReachedIsTheWorkersOwnAndNothingElse() {
    Map<String, String> worker =
        Map.of(
            "HTTPS_PROXY", "http://proxy:3128",
            "no_proxy", "localhost",
            "SSL_CERT_FILE", "/etc/own-ca.pem",
            "LD_PRELOAD", "/x.so",
            "DOCKER_HOST", "tcp://elsewhere:2375",
            "BUILDX_BUILDER", "another",
            "WORKER_TOKEN", "s3cret");

    assertThat(new BuildxEnvironment(LOCAL, worker).of(FOLDER))
        .containsEntry("HTTPS_PROXY", "http://proxy:3128")
        .containsEntry("no_proxy", "localhost")
        .containsEntry("SSL_CERT_FILE", "/etc/own-ca.pem")
        .containsEntry("DOCKER_HOST", DockerEndpoint.LOCAL_SOCKET)
        .containsEntry("BUILDX_BUILDER", "default")
        .doesNotContainKeys("LD_PRELOAD", "WORKER_TOKEN", "NO_PROXY");
  }

  @Test
  void anEngineOfAnotherMachineIsNotReachedByTheProxy() {
    var remote =
        new DockerEndpoint("tcp://10.0.0.5:2376", true, Optional.of(Path.of("/etc/docker-certs")));
    Map<String, String> worker = Map.of("HTTP_PROXY", "http://proxy:3128", "no_proxy", "localhost");

    assertThat(new BuildxEnvironment(remote, worker).of(FOLDER))
        .containsEntry("NO_PROXY", "localhost,10.0.0.5")
        .doesNotContainKey("no_proxy")
        .containsEntry("DOCKER_TLS_VERIFY", "1")
        .containsEntry("DOCKER_CERT_PATH", "/etc/docker-certs");
  }
}
