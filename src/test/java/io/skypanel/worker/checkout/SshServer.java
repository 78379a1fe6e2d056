package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.TestPorts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * OpenSSH's own server on loopback, open to one key, with a host key of its own; it serves whatever
 * git repositories this user can read, by their full path.
 */
final class SshServer implements AutoCloseable {
  private static final Path PRIVILEGE_SEPARATION = Path.of("/run/sshd");

  private final Path folder;
  private final int port;
  private final Process process;

  SshServer(Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    port = TestPorts.free();
    makeKey("host");
    makeKey("user");
    Files.copy(folder.resolve("user.pub"), folder.resolve("authorized_keys"));
    Path config =
        Files.writeString(
            folder.resolve("sshd_config"),
            """
            ListenAddress 127.0.0.1
            Port %d
            HostKey %2$s/host
            AuthorizedKeysFile %2$s/authorized_keys
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            SetEnv PATH=%2$s/bin:/usr/bin:/bin
            """
                .formatted(port, folder));
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(PRIVILEGE_SEPARATION); // a service's start would make it
    }
    process =
        new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await().until(this::listens);
  }

  /** The address of a repository, by a name that the tests' resolver knows. */
  String url(Path repository) {
    return "ssh://%s@git.example.test:%d%s"
        .formatted(System.getProperty("user.name"), port, repository);
  }

  /** Gives it a program that its clients may run. */
  void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** The private key that it lets in. */
  Path userKey() {
    return folder.resolve("user");
  }

  /** A file for ssh with {@code key} as its host key. */
  Path knownHosts(String key) throws IOException {
    String line = Files.readString(folder.resolve(key + ".pub"));
    return Files.writeString(
        folder.resolve("known_hosts"), "[git.example.test]:" + port + " " + line);
  }

  /** Makes a pair of keys, {@code name} and {@code name.pub}. */
  void makeKey(String name) throws Exception {
    List<String> command =
        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve(name) + "");
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
