package io.skypanel.worker.image;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the program {@code pack} of Cloud Native Buildpacks. */
final class PackProgram {
  private PackProgram() {}

  /**
   * Looks on the {@code PATH}.
   *
   * @param environment the worker's own environment
   */
  static Optional<Path> find(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "pack"))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
