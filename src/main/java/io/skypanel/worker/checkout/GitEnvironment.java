package io.skypanel.worker.checkout;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The environment that git runs in, built from nothing, so that neither the machine's git
 * configuration nor the worker's own secrets reach it. Immutable.
 */
final class GitEnvironment {
  /** What of the worker's own environment git needs to reach a server. */
  private static final List<String> KEPT =
      List.of(
          "SSH_AUTH_SOCK",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "ALL_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "all_proxy",
          "no_proxy",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "GIT_SSL_CAINFO");

  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** Hooks, watchers and filters off; housekeeping in the background would outlive the fetch. */
  private static final Map<String, String> CONFIG =
      Map.ofEntries(
          Map.entry("core.hooksPath", "/dev/null"),
          Map.entry("core.fsmonitor", "false"),
          Map.entry("core.protectHFS", "true"),
          Map.entry("core.protectNTFS", "true"),
          Map.entry("protocol.file.allow", "never"),
          Map.entry("gc.auto", "0"),
          Map.entry("maintenance.auto", "false"),
          Map.entry("init.defaultBranch", "main"),
          Map.entry("advice.detachedHead", "false"),
          Map.entry("safe.directory", "*"),
          // a server that sends nothing for two minutes is as good as gone
          Map.entry("http.lowSpeedLimit", "1"),
          Map.entry("http.lowSpeedTime", "120"));

  private static final Map<String, String> LFS_CONFIG =
      Map.of(
          "filter.lfs.clean", "git-lfs clean -- %f",
          "filter.lfs.smudge", "git-lfs smudge -- %f",
          "filter.lfs.process", "git-lfs filter-process",
          "filter.lfs.required", "true");

  /** Run by git through sh; the values come from the environment, so nothing needs quoting. */
  private static final String CREDENTIAL_HELPER =
      "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n'"
          + " \"$SKYPANEL_GIT_USERNAME\" \"$SKYPANEL_GIT_PASSWORD\"; :; }; f";

  private final Map<String, String> worker;
  private final boolean lfs;

  /**
   * @param worker the worker's own environment, of which a few names are kept
   */
  GitEnvironment(Map<String, String> worker) {
    this.worker = Map.copyOf(worker);
    this.lfs =
        Stream.of(path().split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "git-lfs")));
  }

  /**
   * The environment for one remote.
   *
   * @param home what stands in for a home folder
   */
  Map<String, String> of(GitRemote remote, Path home) {
    Map<String, String> environment = new LinkedHashMap<>();
    KEPT.forEach(
        name -> {
          if (worker.containsKey(name)) {
            environment.put(name, worker.get(name));
          }
        });
    environment.put("PATH", path());
    environment.put("HOME", home.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_ASKPASS", "");
    environment.put("SSH_ASKPASS", "");
    environment.put("GIT_ALLOW_PROTOCOL", "https:http:ssh");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.put(
        "GIT_SSH_COMMAND",
        "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=30"
            + " -o StrictHostKeyChecking=accept-new");
    Map<String, String> config = new LinkedHashMap<>(CONFIG);
    if (lfs) {
      config.putAll(LFS_CONFIG);
    }
    remote
        .credential()
        .ifPresent(
            credential -> {
              config.put("credential." + credential.scope() + ".helper", CREDENTIAL_HELPER);
              environment.put("SKYPANEL_GIT_USERNAME", credential.user());
              environment.put("SKYPANEL_GIT_PASSWORD", credential.password());
            });
    int index = 0;
    for (Map.Entry<String, String> entry : config.entrySet()) {
      environment.put("GIT_CONFIG_KEY_" + index, entry.getKey());
      environment.put("GIT_CONFIG_VALUE_" + index, entry.getValue());
      index++;
    }
    environment.put("GIT_CONFIG_COUNT", Integer.toString(index));
    return environment;
  }

  private String path() {
    return worker.getOrDefault("PATH", DEFAULT_PATH);
  }
}
