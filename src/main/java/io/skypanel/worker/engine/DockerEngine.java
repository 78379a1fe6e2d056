package io.skypanel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.time.Duration;

/**
 * The one connection to the Docker Engine that everything shares. It sends no API version, so it
 * follows the engine: 20.10 ends at 1.41, and 29 refuses below 1.44. Thread-safe.
 */
public final class DockerEngine implements AutoCloseable {
  /** Builds, logs and events keep a connection each, so there must be more than slots. */
  private static final int MAX_CONNECTIONS = 512;

  /**
   * A call that gets no answer for this long is given up; the slowest ones that are known wait 10 s
   * for an app to stop.
   */
  private static final Duration RESPONSE_LIMIT = Duration.ofSeconds(60);

  private final DockerHttpClient http;
  private final DockerClient client;

  public DockerEngine(DockerEndpoint endpoint) {
    this(endpoint, RESPONSE_LIMIT);
  }

  /**
   * @param responseLimit how long a call that is no stream may go without an answer
   */
  DockerEngine(DockerEndpoint endpoint, Duration responseLimit) {
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(endpoint.host())
            .withDockerTlsVerify(endpoint.tls());
    endpoint.certPath().ifPresent(p -> config.withDockerCertPath(p.toString()));
    DockerClientConfig built = config.build();
    DockerHttpClient connections =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(built.getDockerHost())
            .sslConfig(built.getSSLConfig())
            .maxConnections(MAX_CONNECTIONS)
            .connectionTimeout(Duration.ofSeconds(10))
            .build();
    this.http = new ImageRecordLimit(new ResponseLimit(connections, responseLimit));
    this.client = DockerClientImpl.getInstance(built, http);
  }

  /** docker-java's client, for what it has a command for. */
  public DockerClient client() {
    return client;
  }

  /** The bare transport, for the few calls that docker-java has no command for. */
  public DockerHttpClient http() {
    return http;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
