package io.skypanel.worker.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * A real git server on this machine: smart HTTP by git's own {@code git http-backend}, out of a
 * temporary folder that goes when it is closed. Thread-safe.
 */
public final class GitServer implements AutoCloseable {
  private final Path root;
  private final Path repositories;
  private final GitProgram git;
  private final LoopbackServer server;

  private GitServer(String bind, int port, Optional<String> authorization) {
    try {
      this.root = Files.createTempDirectory("skypanel-git-");
      this.repositories = Files.createDirectory(root.resolve("repositories"));
    } catch (IOException e) {
      throw new UncheckedIOException("the git server's folder can't be made", e);
    }
    this.git = new GitProgram(root);
    this.server = new LoopbackServer(bind, port, new GitHandler(git, repositories, authorization));
    server.start();
  }

  /** Open to everyone, on any free port of the loopback address. */
  public static GitServer open() {
    return open("127.0.0.1", 0);
  }

  /** Open to everyone, on that address; port 0 for any free one. */
  public static GitServer open(String bind, int port) {
    return new GitServer(bind, port, Optional.empty());
  }

  /** Open to one user, on any free port of the loopback address. */
  public static GitServer withLogin(String user, String password) {
    byte[] login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    String authorization = "Basic " + Base64.getEncoder().encodeToString(login);
    return new GitServer("127.0.0.1", 0, Optional.of(authorization));
  }

  /** Makes an empty repository, found at {@code url()/name.git}; the name may have slashes. */
  public GitRepository create(String name) {
    Path directory = repositories.resolve(name + ".git");
    return new GitRepository(git, directory, url() + "/" + name + ".git");
  }

  /** Where its repositories lie: a bare one that is put here is served as well. */
  public Path repositories() {
    return repositories;
  }

  /** The server's base. */
  public String url() {
    return server.url();
  }

  /** Makes the server go away. Idempotent. */
  public void stop() {
    server.stop();
  }

  /** Brings it back on the same port. Idempotent. */
  public void start() {
    server.start();
  }

  @Override
  public void close() {
    server.stop();
    Folder.remove(root);
  }
}
