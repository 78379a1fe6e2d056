package io.skypanel.worker;

import io.skypanel.worker.image.RegistryLogins;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.redact.SecretRules;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The worker's own secrets, which no build, app or reader of a log is to see: whatever setting
 * holds one must be named here. Thread-safe.
 */
final class OwnSecrets {
  private static final Pattern PROXY = Pattern.compile("(?i)(https?|all)_proxy");

  private final List<String> fixed = new ArrayList<>();
  private final NodeCredentials credentials;

  /**
   * @param environment the worker's own, which may name proxies with a password; programs that it
   *     runs go by them too
   */
  OwnSecrets(
      WorkerSettings settings,
      ApiToken apiToken,
      NodeCredentials credentials,
      Map<String, String> environment) {
    this.credentials = credentials;
    fixed.add(apiToken.value());
    fixed.addAll(settings.redact().tokens());
    fixed.addAll(settings.git().credentials().secrets());
    settings
        .git()
        .credentials()
        .logins()
        .values()
        .forEach(login -> fixed.addAll(SecretRules.ofLogin(login.user(), login.token())));
    environment.forEach(
        (name, value) -> {
          if (PROXY.matcher(name).matches()) {
            fixed.addAll(SecretRules.ofUrls(value.contains("://") ? value : "http://" + value));
          }
        });
    fixed.addAll(RegistryLogins.read(settings.images().registryAuth()).secrets());
  }

  /** Those that are known now: the node's token changes when the worker registers. */
  List<String> all() {
    List<String> all = new ArrayList<>(fixed);
    credentials.current().ifPresent(node -> all.add(node.authToken()));
    return all;
  }
}
