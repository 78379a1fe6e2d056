package io.skypanel.worker.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the program of Docker's buildx, which runs without Docker's command line too. */
public final class BuildxPlugin {
  /**
   * Where Docker's command line looks for it.
   *
   * @see <a href="https://docs.docker.com/engine/extend/">Docker's plug-ins</a>
   */
  private static final List<String> FOLDERS =
      List.of(
          "/usr/local/lib/docker/cli-plugins",
          "/usr/local/libexec/docker/cli-plugins",
          "/usr/lib/docker/cli-plugins",
          "/usr/libexec/docker/cli-plugins");

  private BuildxPlugin() {}

  /**
   * Looks in the user's own folders, then in the machine's.
   *
   * @param environment the worker's own environment
   */
  public static Optional<Path> find(Map<String, String> environment) {
    Stream<Path> own =
        Stream.concat(
            Stream.ofNullable(environment.get("DOCKER_CONFIG")).map(Path::of),
            Stream.ofNullable(environment.get("HOME")).map(home -> Path.of(home, ".docker")));
    return Stream.concat(
            own.map(folder -> folder.resolve("cli-plugins")), FOLDERS.stream().map(Path::of))
        .map(folder -> folder.resolve("docker-buildx").toAbsolutePath())
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
