package io.skypanel.worker.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Removes a folder with all below it, however deep a repository nested it: git makes trees whose
 * paths are longer than the system takes, since it goes into them step by step. So what lies some
 * levels down is moved up to the top, and removed from there: paths stay short, few folders are
 * open, and nothing is kept of what is yet to do. Symbolic links are removed, never followed; what
 * the owner may not read or write is opened first. For one use by one thread.
 */
public final class FolderRemoval {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** Enough that hardly any folder is moved, and ten names of 255 bytes are a path. */
  private static final int LEVELS = 8;

  private final Path top;
  private long bytes;

  /**
   * @param top what goes; a link or a file goes too
   */
  public FolderRemoval(Path top) {
    this.top = top;
  }

  /**
   * Removes it, if it is there.
   *
   * @throws IOException at the first thing that can't be removed, which with what is left stands
   *     below the top still, though perhaps elsewhere
   */
  public void run() throws IOException {
    if (removed(top)) {
      return;
    }
    try {
      boolean more = true;
      while (more) {
        more = empty(top, LEVELS);
      }
      Files.deleteIfExists(top);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** How many bytes the regular files had that are gone. */
  public long bytes() {
    return bytes;
  }

  /** Whether there was anything; what is moved up meanwhile may be left. */
  private boolean empty(Path folder, int levels) throws IOException {
    boolean found = false;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        found = true;
        if (removed(entry)) {
          continue;
        }
        if (levels > 0) {
          removeFolder(entry, levels - 1);
        } else {
          Path up = top.resolve(UUID.randomUUID().toString());
          Files.move(entry, up, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    return found;
  }

  private void removeFolder(Path folder, int levels) throws IOException {
    empty(folder, levels);
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // somebody wrote here in the meantime
      empty(folder, levels);
      Files.deleteIfExists(folder);
    }
  }

  /** Removes what is no folder; a folder stays, open to its owner. */
  private boolean removed(Path path) throws IOException {
    Optional<PosixFileAttributes> found = attributes(path);
    if (found.isEmpty()) {
      return true;
    }
    PosixFileAttributes attributes = found.get();
    if (!attributes.isDirectory()) {
      Files.deleteIfExists(path);
      bytes += attributes.isRegularFile() ? attributes.size() : 0;
      return true;
    }
    if (!attributes.permissions().containsAll(OWNER_ONLY)) {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    }
    return false;
  }

  private static Optional<PosixFileAttributes> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      // gone already, which is what was wanted
      return Optional.empty();
    }
  }
}
