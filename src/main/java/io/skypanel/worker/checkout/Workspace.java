package io.skypanel.worker.checkout;

import io.skypanel.worker.disk.FolderRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A build's own folder: made fresh, whatever was there. */
final class Workspace {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private Workspace() {}

  /** Makes {@code directory} anew and empty; an older one of the same name goes. */
  static void make(Path directory) throws IOException {
    new FolderRemoval(directory).run();
    Files.createDirectories(directory.getParent());
    Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }
}
