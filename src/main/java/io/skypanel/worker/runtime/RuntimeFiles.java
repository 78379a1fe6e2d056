package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the table and the templates are: in the operator's folder, or, for one that is missing
 * there, inside the jar. Immutable; each call reads anew, so that an edit counts from the next
 * build on.
 */
final class RuntimeFiles {
  /** The table of runtimes. */
  static final String TABLE = "runtimes.yaml";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

  private final Optional<Path> directory;

  RuntimeFiles(Optional<Path> directory) {
    this.directory = directory;
  }

  /**
   * Reads one.
   *
   * @throws BuildFailure.WorkerFault if it is nowhere or can't be read
   */
  String read(String name) throws BuildFailure {
    if (!NAME.matcher(name).matches()) {
      throw new BuildFailure.WorkerFault(
          "'" + name + "' is no name of a file in RUNTIMES_DIR", null);
    }
    try {
      Optional<Path> file = directory.map(d -> d.resolve(name)).filter(Files::isRegularFile);
      if (file.isPresent()) {
        return Files.readString(file.get());
      }
      try (InputStream in = RuntimeFiles.class.getResourceAsStream("/runtimes/" + name)) {
        if (in == null) {
          throw new BuildFailure.WorkerFault(
              shown(name) + " is missing; add it, or correct its name in " + shown(TABLE), null);
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(shown(name) + " can't be read: " + e, e);
    }
  }

  /** How an error message names it. */
  String shown(String name) {
    return directory
        .map(d -> d.resolve(name))
        .map(Path::toString)
        .orElse("runtimes/" + name + " (in the jar)");
  }
}
