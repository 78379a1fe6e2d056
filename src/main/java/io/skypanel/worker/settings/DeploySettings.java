package io.skypanel.worker.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How one version of an app follows another.
 *
 * @param ingress the proxy that gives apps a stable address; empty: an app's address is its port
 * @param deployTimeout how long an app may take to answer
 * @param stayUp how long it must stay up then
 * @param retireAfter without an ingress, how long the old version runs on once the panel knows the
 *     new one's address
 * @param appLabels further labels for containers, by name; values are templates
 */
public record DeploySettings(
    Optional<Ingress> ingress,
    Duration deployTimeout,
    Duration stayUp,
    Duration retireAfter,
    Map<String, String> appLabels) {

  public DeploySettings {
    appLabels = Collections.unmodifiableMap(new LinkedHashMap<>(appLabels));
  }

  /**
   * A Caddy that this worker has routes in.
   *
   * @param adminUrl where its admin API is
   * @param listen an address in Caddy's form, such as {@code :443}
   * @param tls whether it serves https there
   * @param domain apps are names below it
   * @param directory where the worker says which version serves; Caddy must be able to read it
   */
  public record Ingress(URI adminUrl, String listen, boolean tls, String domain, Path directory) {}
}
