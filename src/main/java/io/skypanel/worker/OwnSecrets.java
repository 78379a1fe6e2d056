package io.skypanel.worker;

import io.skypanel.worker.image.RegistryLogins;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import java.util.ArrayList;
import java.util.List;

/**
 * The worker's own secrets, which no build, app or reader of a log is to see: whatever setting
 * holds one must be named here. Thread-safe.
 */
final class OwnSecrets {
  private final List<String> fixed = new ArrayList<>();
  private final NodeCredentials credentials;

  OwnSecrets(WorkerSettings settings, ApiToken apiToken, NodeCredentials credentials) {
    this.credentials = credentials;
    fixed.add(apiToken.value());
    fixed.addAll(settings.redact().tokens());
    fixed.addAll(settings.git().credentials().secrets());
    fixed.addAll(RegistryLogins.read(settings.images().registryAuth()).secrets());
  }

  /** Those that are known now: the node's token changes when the worker registers. */
  List<String> all() {
    List<String> all = new ArrayList<>(fixed);
    credentials.current().ifPresent(node -> all.add(node.authToken()));
    return all;
  }
}
