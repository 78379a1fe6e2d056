package io.skypanel.worker.image;

import io.skypanel.worker.settings.DockerEndpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a program sees of an environment that speaks to the engine for the worker: buildx, and
 * pack. Nothing of a job's is in it: a variable's name could be one that the program, or the loader
 * of programs, goes by. Immutable.
 */
final class BuildxEnvironment {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** What of the worker's own it needs to reach a registry, which it asks for its tokens itself. */
  private static final List<String> KEPT =
      List.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR");

  private final DockerEndpoint endpoint;
  private final Map<String, String> worker;

  /**
   * @param worker the worker's own environment, of which a few names are kept
   */
  BuildxEnvironment(DockerEndpoint endpoint, Map<String, String> worker) {
    this.endpoint = endpoint;
    this.worker = Map.copyOf(worker);
  }

  /**
   * The environment of one run.
   *
   * @param folder where it may keep things, and finds {@code config.json}
   */
  Map<String, String> of(Path folder) {
    Map<String, String> environment = ofClient(folder);
    environment.put("BUILDX_CONFIG", folder.toString());
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

  /** The same without what is buildx's own. */
  Map<String, String> ofClient(Path folder) {
    Map<String, String> environment = new LinkedHashMap<>();
    KEPT.stream()
        .filter(worker::containsKey)
        .forEach(name -> environment.put(name, worker.get(name)));
    if (endpoint.host().startsWith("tcp:")) {
      pastProxy(environment, endpoint.host());
    }
    environment.put("PATH", PATH);
    environment.put("HOME", folder.toString());
    environment.put("DOCKER_CONFIG", folder.toString());
    environment.put("DOCKER_HOST", endpoint.host());
    if (endpoint.tls()) {
      environment.put("DOCKER_TLS_VERIFY", "1");
      Path certificates =
          endpoint.certPath().orElse(Path.of(System.getProperty("user.home"), ".docker"));
      environment.put("DOCKER_CERT_PATH", certificates.toString());
    }
    return environment;
  }

  /** The engine itself is not asked for by the proxy, as the worker does not either. */
  private static void pastProxy(Map<String, String> environment, String address) {
    String host = address.replaceFirst("^tcp://", "").replaceFirst(":\\d+$", "");
    String others = environment.getOrDefault("NO_PROXY", environment.getOrDefault("no_proxy", ""));
    environment.remove("no_proxy");
    environment.put("NO_PROXY", others.isEmpty() ? host : others + "," + host);
  }
}
