package io.skypanel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import org.apache.camel.component.docker.DockerClientProfile;
import org.apache.camel.component.docker.DockerComponent;

/**
 * camel-docker on the worker's one connection, whatever an endpoint says of host and port. Bound as
 * {@code docker}, it serves {@code docker:ping}, {@code docker:info} and the like in routes;
 * builds, logs and waits are Java on the same client, as camel-docker can't do them well.
 */
public final class SharedDockerComponent extends DockerComponent {
  private final DockerClient client;

  public SharedDockerComponent(DockerClient client) {
    this.client = client;
  }

  @Override
  public DockerClient getClient(DockerClientProfile profile) {
    return client;
  }
}
