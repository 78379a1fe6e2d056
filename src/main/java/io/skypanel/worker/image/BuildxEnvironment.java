package io.skypanel.worker.image;

import io.skypanel.worker.settings.DockerEndpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that buildx sees of an environment. Nothing of a job's is in it: a variable's name could be
 * one that buildx, or the loader of programs, goes by. Immutable.
 */
final class BuildxEnvironment {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final DockerEndpoint endpoint;

  BuildxEnvironment(DockerEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * The environment of one run.
   *
   * @param folder where it may keep things, and finds {@code config.json}
   */
  Map<String, String> of(Path folder) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", PATH);
    environment.put("HOME", folder.toString());
    environment.put("DOCKER_CONFIG", folder.toString());
    environment.put("BUILDX_CONFIG", folder.toString());
    environment.put("DOCKER_HOST", endpoint.host());
    if (endpoint.tls()) {
      environment.put("DOCKER_TLS_VERIFY", "1");
      Path certificates =
          endpoint.certPath().orElse(Path.of(System.getProperty("user.home"), ".docker"));
      environment.put("DOCKER_CERT_PATH", certificates.toString());
    }
    // the engine's own BuildKit
    environment.put("BUILDX_BUILDER", "default");
    // no git in a folder that a repository filled
    environment.put("BUILDX_GIT_INFO", "0");
    // they would make a list of images out of each image
    environment.put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
    // newer versions ask on the terminal before they read what the definition names
    environment.put("BUILDX_BAKE_ENTITLEMENTS_FS", "0");
    return environment;
  }
}
