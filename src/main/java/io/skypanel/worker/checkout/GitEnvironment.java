package io.skypanel.worker.checkout;

import io.skypanel.worker.job.Digest;
import io.skypanel.worker.redact.SecretRules;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.GitSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;

/**
 * The environment that git runs in, built from nothing, so that neither the machine's git
 * configuration nor the worker's own secrets reach it. Immutable.
 */
final class GitEnvironment {
  /**
   * What of the worker's own environment git needs to reach a server. Proxies are not among it: the
   * way out is the worker's own, which knows them.
   */
  private static final List<String> KEPT =
      List.of("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO");

  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** Hooks, watchers and filters off; housekeeping in the background would outlive the fetch. */
  private static final Map<String, String> CONFIG =
      Map.ofEntries(
          Map.entry("core.hooksPath", "/dev/null"),
          Map.entry("core.fsmonitor", "false"),
          Map.entry("core.protectHFS", "true"),
          // within what memory it may have
          Map.entry("core.packedGitWindowSize", "64m"),
          Map.entry("core.packedGitLimit", "512m"),
          Map.entry("core.protectNTFS", "true"),
          Map.entry("core.attributesFile", "/dev/null"),
          Map.entry("core.excludesFile", "/dev/null"),
          Map.entry("protocol.file.allow", "never"),
          // a repository in the checkout, with a configuration of its own, is never gone into
          Map.entry("safe.bareRepository", "explicit"),
          Map.entry("safe.directory", "*"),
          Map.entry("transfer.bundleURI", "false"),
          Map.entry("credential.helper", ""),
          Map.entry("gc.auto", "0"),
          Map.entry("maintenance.auto", "false"),
          Map.entry("init.defaultBranch", "main"),
          Map.entry("advice.detachedHead", "false"),
          Map.entry("http.followRedirects", "initial"),
          // a server that sends nothing for two minutes is as good as gone
          Map.entry("http.lowSpeedLimit", "1"),
          Map.entry("http.lowSpeedTime", "120"));

  private static final Map<String, String> LFS_CONFIG =
      Map.of(
          "filter.lfs.clean", "git-lfs clean -- %f",
          // files are fetched by the worker, once it sees the mark; git-lfs may open no connection
          "filter.lfs.smudge",
              "touch \"$SKYPANEL_LFS_MARK\"; git-lfs smudge $SKYPANEL_LFS_SKIP -- %f",
          "filter.lfs.process",
              "touch \"$SKYPANEL_LFS_MARK\"; git-lfs filter-process $SKYPANEL_LFS_SKIP",
          "filter.lfs.required", "true",
          "lfs.standalonetransferagent", "none",
          "lfs.customtransfer.none.path", "/bin/false",
          "lfs.customtransfer.lfs-standalone-file.path", "/bin/false");

  /** Git-lfs's option to pass pointers on, or nothing once their objects are there. */
  static final String LFS_SKIP = "SKYPANEL_LFS_SKIP";

  /** Run by git through sh; the values come from the environment, so nothing needs quoting. */
  private static final String CREDENTIAL_HELPER =
      "!f() { test \"$1\" = get && printf 'username=%%s\\npassword=%%s\\n'"
          + " \"$SKYPANEL_GIT_USER_%1$d\" \"$SKYPANEL_GIT_PASSWORD_%1$d\"; :; }; f";

  private final GitSettings settings;
  private final Map<String, String> worker;
  private final boolean lfs;

  /**
   * @param worker the worker's own environment, of which a few names are kept
   */
  GitEnvironment(GitSettings settings, Map<String, String> worker) {
    this.settings = settings;
    this.worker = Map.copyOf(worker);
    this.lfs =
        Stream.of(path().split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "git-lfs")));
  }

  /** A name for how git is set up: what it puts on disk depends on that. */
  String manner() {
    return Digest.of(new TreeMap<>(CONFIG) + (lfs ? new TreeMap<>(LFS_CONFIG).toString() : ""));
  }

  /**
   * The environment for one checkout.
   *
   * @param home what stands in for a home folder
   * @param proxy the way out, as git is told of it
   * @param ssh what ssh goes by
   */
  Map<String, String> of(GitRemote remote, Path home, String proxy, Map<String, String> ssh) {
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
    environment.put("GIT_ALLOW_PROTOCOL", protocols());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.putAll(ssh);
    Map<String, String> config = new LinkedHashMap<>(CONFIG);
    config.put("http.proxy", proxy);
    if (lfs) {
      config.putAll(LFS_CONFIG);
      environment.put("SKYPANEL_LFS_MARK", lfsMark(home).toString());
      environment.put(LFS_SKIP, "--skip");
    }
    addCredentials(remote, config, environment);
    int index = 0;
    for (Map.Entry<String, String> entry : config.entrySet()) {
      environment.put("GIT_CONFIG_KEY_" + index, entry.getKey());
      environment.put("GIT_CONFIG_VALUE_" + index, entry.getValue());
      index++;
    }
    environment.put("GIT_CONFIG_COUNT", Integer.toString(index));
    return environment;
  }

  /**
   * Whose certificates count.
   *
   * @throws IOException if they can't be read
   */
  TlsSocketStrategy tls() throws IOException {
    return GitTrust.of(worker);
  }

  /** A file that is there once git has seen an LFS file. */
  static Path lfsMark(Path home) {
    return home.resolve("has-lfs-files");
  }

  private void addCredentials(
      GitRemote remote, Map<String, String> config, Map<String, String> environment) {
    int index = 0;
    for (Map.Entry<String, GitCredentials.Login> login : logins(remote).entrySet()) {
      config.put("credential." + login.getKey() + ".helper", CREDENTIAL_HELPER.formatted(index));
      environment.put("SKYPANEL_GIT_USER_" + index, login.getValue().user());
      environment.put("SKYPANEL_GIT_PASSWORD_" + index, login.getValue().token());
      index++;
    }
  }

  /**
   * The logins of a checkout, each for its own scheme, host and port; what stands in the job's
   * address comes first, if it is more than a name.
   */
  Map<String, GitCredentials.Login> logins(GitRemote remote) {
    Map<String, GitCredentials.Login> logins = new TreeMap<>(settings.credentials().logins());
    remote
        .credential()
        .filter(c -> !isNameAlone(c) || !logins.containsKey(c.scope()))
        .ifPresent(c -> logins.put(c.scope(), new GitCredentials.Login(c.user(), c.password())));
    return logins;
  }

  /** As forges' clone buttons give it, who knows the operator's login for the host. */
  private static boolean isNameAlone(GitRemote.Credential credential) {
    return credential.password().isEmpty() && SecretRules.isName(credential.user());
  }

  private String protocols() {
    return settings.protocols().stream()
        .map(GitProtocol::scheme)
        .sorted()
        .collect(Collectors.joining(":"));
  }

  private String path() {
    return worker.getOrDefault("PATH", DEFAULT_PATH);
  }
}
