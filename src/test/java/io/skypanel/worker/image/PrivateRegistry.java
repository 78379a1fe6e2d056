package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.AuthConfig;
import io.skypanel.worker.TestPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A registry on this machine that asks for a login. {@code bin/test-tools} installs the program.
 */
final class PrivateRegistry implements AutoCloseable {
  private static final String USER = "puller";

  private final String password = UUID.randomUUID().toString();
  private final Path folder;
  private final int port;
  private final Process process;

  private PrivateRegistry(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    Files.writeString(folder.resolve("htpasswd"), htpasswd());
    Path config = folder.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: {accesslog: {disabled: true}, level: error}
        storage: {filesystem: {rootdirectory: "%1$s/data"}}
        http: {addr: "127.0.0.1:%2$d"}
        auth: {htpasswd: {realm: test, path: "%1$s/htpasswd"}}
        """
            .formatted(folder, port));
    process =
        program("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
  }

  /** Starts one that keeps its files in {@code folder}, which it makes. */
  static PrivateRegistry start(Path folder) throws IOException {
    Files.createDirectory(folder);
    PrivateRegistry registry = new PrivateRegistry(folder, TestPorts.free());
    await().atMost(Duration.ofSeconds(30)).until(registry::answers);
    return registry;
  }

  /** Puts an image of the engine's into it and forgets the name; gives what to pull it by. */
  String push(DockerClient docker, String image, String tag) {
    String repository = "127.0.0.1:" + port + "/private/base";
    docker.tagImageCmd(image, repository, tag).exec();
    String name = repository + ":" + tag;
    try {
      docker
          .pushImageCmd(name)
          .withAuthConfig(
              new AuthConfig()
                  .withRegistryAddress("127.0.0.1:" + port)
                  .withUsername(USER)
                  .withPassword(password))
          .start()
          .awaitCompletion();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    docker.removeImageCmd(name).exec();
    return name;
  }

  /** The login as Docker's {@code config.json}. */
  String config() {
    String pair = USER + ":" + password;
    String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.ISO_8859_1));
    return "{\"auths\":{\"127.0.0.1:" + port + "\":{\"auth\":\"" + auth + "\"}}}";
  }

  String password() {
    return password;
  }

  private String htpasswd() throws IOException {
    Process htpasswd =
        program("htpasswd", "-niB", USER).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var in = htpasswd.getOutputStream()) {
      in.write(password.getBytes(StandardCharsets.ISO_8859_1));
    }
    return new String(htpasswd.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private static ProcessBuilder program(String... command) {
    boolean there =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, command[0])));
    assertThat(there).as(command[0] + " is missing; run bin/test-tools").isTrue();
    return new ProcessBuilder(List.of(command));
  }

  private boolean answers() {
    assertThat(process.isAlive()).as("the registry runs; see " + folder).isTrue();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
