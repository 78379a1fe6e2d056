package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for what one run of buildx reads, secrets above all: nobody but this user may look into
 * it, and closing removes it. It lies in the build's workspace, so that it goes with that if the
 * worker is killed. For one thread.
 */
final class BuildxFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BuildxFolder.class);

  private final Path path;

  private BuildxFolder(Path path) {
    this.path = path;
  }

  static BuildxFolder in(Path workspace) throws BuildFailure.WorkerFault {
    try {
      return new BuildxFolder(
          Files.createTempDirectory(
              workspace,
              "buildx-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(
          "No folder for the build can be made in " + workspace + ": " + e, e);
    }
  }

  Path path() {
    return path;
  }

  /** Writes a file that nobody else may read; gives where it is. */
  Path write(String name, String text) throws BuildFailure.WorkerFault {
    Path file = path.resolve(name);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(
          file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.TRUNCATE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The build's file " + file + " can't be written: " + e, e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{}, which holds secrets, can't be removed: {}", path, e.toString());
    }
  }
}
