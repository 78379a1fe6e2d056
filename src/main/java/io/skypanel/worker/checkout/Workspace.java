package io.skypanel.worker.checkout;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A build's own folder: made fresh, and removed whatever a repository put there. */
final class Workspace {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private Workspace() {}

  /** Makes {@code directory} anew and empty; an older one of the same name goes. */
  static void make(Path directory) throws IOException {
    delete(directory);
    Files.createDirectories(directory.getParent());
    Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  /**
   * Deletes {@code path} with all below it, if it is there: folders without write permission too,
   * and of a symbolic link the link alone.
   */
  static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      deleteBelow(path);
    }
    try {
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      // somebody wrote here in the meantime
      deleteBelow(path);
      Files.deleteIfExists(path);
    }
  }

  private static void deleteBelow(Path directory) throws IOException {
    if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
      open(directory);
    }
    try (DirectoryStream<Path> children = list(directory)) {
      for (Path child : children) {
        delete(child);
      }
    }
  }

  private static DirectoryStream<Path> list(Path directory) throws IOException {
    try {
      return Files.newDirectoryStream(directory);
    } catch (AccessDeniedException e) {
      open(directory);
      return Files.newDirectoryStream(directory);
    }
  }

  private static void open(Path directory) throws IOException {
    try {
      Files.setPosixFilePermissions(directory, OWNER_ONLY);
    } catch (NoSuchFileException e) {
      // gone already, which is what was wanted
    }
  }
}
