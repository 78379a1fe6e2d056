package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The part of the table of settings that says what is fetched from where. */
final class GitSettingsTable {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

  private GitSettingsTable() {}

  static GitSettings read(SettingsReader in) {
    Set<GitProtocol> protocols =
        in.read(
            Setting.GIT_ALLOWED_PROTOCOLS,
            GitSettings.DEFAULT.protocols(),
            "one or more of https, http and ssh, with ',' between them",
            v -> Set.copyOf(list(v, p -> GitProtocol.valueOf(p.toUpperCase(Locale.ROOT)))));
    return new GitSettings(
        protocols,
        in.read(
            Setting.GIT_ALLOWED_HOSTS,
            GitSettings.DEFAULT.hosts(),
            "hosts with ',' between them, such as github.com,*.example.com",
            v -> list(v, HostPattern::parse)),
        in.read(
            Setting.GIT_DENIED_ADDRESSES,
            List.of(),
            "addresses or networks with ',' between them, such as 10.0.0.0/8",
            v -> list(v, IpNetwork::parse)),
        in.read(
            Setting.GIT_KNOWN_HOSTS,
            Optional.empty(),
            "a readable file of ssh host keys, in ssh's format known_hosts",
            v -> Optional.of(require(isReadable(Path.of(v)), Path.of(v).toAbsolutePath()))),
        credentials(in),
        Proxies.read(in, protocols));
  }

  private static <T> List<T> list(String text, Function<String, T> parse) {
    List<T> values =
        Stream.of(text.split(",")).map(String::strip).filter(v -> !v.isEmpty()).map(parse).toList();
    return require(!values.isEmpty(), values);
  }

  private static GitCredentials credentials(SettingsReader in) {
    Optional<String> given = in.find(Setting.GIT_CREDENTIALS).map(String::strip);
    if (given.isEmpty()) {
      return GitCredentials.NONE;
    }
    GitCredentials credentials;
    try {
      credentials = GitCredentials.parse(content(in, given.get()));
    } catch (IOException unreadable) {
      in.problem(
          Setting.GIT_CREDENTIALS, "", "the path of a readable file with JSON, or the JSON itself");
      return GitCredentials.NONE;
    } catch (IllegalArgumentException e) {
      in.wrong(Setting.GIT_CREDENTIALS, e.getMessage());
      return GitCredentials.NONE;
    }
    credentials.sshKeys().forEach((host, key) -> check(in, host, key));
    return credentials;
  }

  private static String content(SettingsReader in, String fileOrContent) throws IOException {
    if (fileOrContent.startsWith("{")) {
      return fileOrContent;
    }
    Path file = Path.of(fileOrContent);
    if (isOpen(file)) {
      in.warn(
          "GIT_CREDENTIALS "
              + file
              + " can be read by other users of this machine: chmod 600 it, unless it must be so");
    }
    return Files.readString(file);
  }

  private static void check(SettingsReader in, String host, Path key) {
    if (!isReadable(key) || !key.isAbsolute()) {
      in.wrong(
          Setting.GIT_CREDENTIALS,
          "names the ssh key "
              + key
              + " for "
              + host
              + ", which must be a readable file's full path");
    } else if (isOpen(key) && isOwn(key)) {
      // ssh itself would pass it over
      in.wrong(
          Setting.GIT_CREDENTIALS,
          "names the ssh key "
              + key
              + " for "
              + host
              + ", which other users can read: chmod 600 it");
    }
  }

  private static boolean isReadable(Path file) {
    return Files.isRegularFile(file) && Files.isReadable(file);
  }

  private static boolean isOpen(Path file) {
    try {
      return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean isOwn(Path file) {
    try {
      return Files.getOwner(file).getName().equals(System.getProperty("user.name"));
    } catch (IOException e) {
      return false;
    }
  }
}
