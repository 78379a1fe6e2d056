package io.skypanel.worker.settings;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the engine is.
 *
 * @param host as docker-java takes it: {@code unix:///…} or {@code tcp://host:port}
 * @param tls whether to speak TLS, with the certificates of {@code certPath}
 * @param certPath a folder with {@code ca.pem}, {@code cert.pem}, {@code key.pem}
 */
public record DockerEndpoint(String host, boolean tls, Optional<Path> certPath) {
  /** The local engine. */
  public static final String LOCAL_SOCKET = "unix:///var/run/docker.sock";

  private static final int PLAIN_PORT = 2375;
  private static final int TLS_PORT = 2376;

  /** Reads the forms that {@code DOCKER_HOST} may have; IllegalArgumentException for others. */
  static DockerEndpoint of(String value, OptionalInt port, boolean tlsVerify, Optional<Path> cert) {
    boolean tls = tlsVerify || value.startsWith("https://");
    if (value.startsWith("/")) {
      return new DockerEndpoint("unix://" + value, false, Optional.empty());
    }
    if (value.startsWith("unix:///")) {
      return new DockerEndpoint(value, false, Optional.empty());
    }
    String address = value.replaceFirst("^(tcp|https?)://", "").replaceFirst("/$", "");
    if (!address.matches("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+)(:\\d{1,5})?")) {
      throw new IllegalArgumentException(value);
    }
    if (!address.matches(".*:\\d{1,5}") || address.endsWith("]")) {
      address += ":" + port.orElse(tls ? TLS_PORT : PLAIN_PORT);
    }
    return new DockerEndpoint("tcp://" + address, tls, cert);
  }

  /** Whether the engine runs on this machine, so that its containers' addresses answer here. */
  public boolean isLocal() {
    return host.startsWith("unix:")
        || host.startsWith("tcp://127.")
        || host.startsWith("tcp://localhost:")
        || host.startsWith("tcp://[::1]:");
  }
}
