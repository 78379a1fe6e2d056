package io.skypanel.worker.checkout;

import io.skypanel.worker.egress.EgressGate;
import io.skypanel.worker.egress.SocksPipe;
import io.skypanel.worker.settings.GitSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What ssh goes by in one checkout: a configuration of its own instead of the user's and the
 * machine's, and the host keys that are known. Immutable; thread-safe.
 */
final class SshFiles {
  private static final String FOLDER = "ssh";

  /**
   * Run by git, and by git-lfs, through sh. ssh puts the host's name into its {@code ProxyCommand},
   * a line that a shell reads, and releases before 9.6 did not look at it (CVE-2023-51385). The
   * last argument is the command for the other side; it is not looked at here.
   */
  private static final String COMMAND =
      "f() { n=$#; for a; do n=$((n-1)); if test $n -gt 0; then case $a in"
          + " *[!A-Za-z0-9@:._/=+~,-]*) echo 'fatal: strange hostname blocked' >&2; exit 128;;"
          + " esac; fi; done; exec ssh -F \"$SKYPANEL_SSH_CONFIG\" \"$@\"; }; f";

  private final GitSettings settings;

  SshFiles(GitSettings settings) {
    this.settings = settings;
  }

  /**
   * Writes the files into a folder of the workspace and names what git must see.
   *
   * @param workspace beside the checkout, where no repository can write
   */
  Map<String, String> write(Path workspace, EgressGate gate) throws IOException {
    Path folder = Files.createDirectory(workspace.resolve(FOLDER));
    Path shipped = folder.resolve("known_hosts");
    try (InputStream keys = SshFiles.class.getResourceAsStream("known_hosts")) {
      Files.copy(keys, shipped);
    }
    Path config = folder.resolve("config");
    Files.writeString(config, config(shipped, gate.port()));
    return Map.of(
        "SKYPANEL_SSH_CONFIG",
        config.toString(),
        "GIT_SSH_COMMAND",
        COMMAND,
        "GIT_SSH_VARIANT",
        "ssh");
  }

  /** The first value that ssh finds is the one it takes, so single hosts come first. */
  private String config(Path shipped, int port) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(settings.credentials().sshKeys())
        .forEach(
            (host, key) ->
                text.append("Host ")
                    .append(host)
                    .append("\n  IdentityFile ")
                    .append(quoted(key))
                    .append("\n  IdentitiesOnly yes\n  IdentityAgent none\n"));
    return text
        + """
        Host *
          IdentityFile none
          IdentitiesOnly yes
          IdentityAgent none
          BatchMode yes
          StrictHostKeyChecking yes
          UserKnownHostsFile %s
          GlobalKnownHostsFile /dev/null
          UpdateHostKeys no
          ConnectTimeout 20
          ServerAliveInterval 30
          ClearAllForwardings yes
          ForwardAgent no
          PermitLocalCommand no
          ProxyCommand %s
        """
            .formatted(
                settings.knownHosts().map(own -> quoted(own) + " ").orElse("") + quoted(shipped),
                proxyCommand(port));
  }

  private static String proxyCommand(int port) {
    return "%s -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx16m -cp %s %s %d %%h %%p"
        .formatted(
            shellQuoted(Path.of(System.getProperty("java.home"), "bin", "java")),
            shellQuoted(code()),
            SocksPipe.class.getName(),
            port);
  }

  private static Path code() {
    try {
      return Path.of(SocksPipe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e); // a class path entry is a proper address
    }
  }

  private static String quoted(Path file) {
    return '"' + file.toString().replace("%", "%%") + '"';
  }

  private static String shellQuoted(Path file) {
    return "'" + file.toString().replace("%", "%%").replace("'", "'\\''") + "'";
  }
}
