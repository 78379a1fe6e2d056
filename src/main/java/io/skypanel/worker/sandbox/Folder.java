package io.skypanel.worker.sandbox;

import io.skypanel.worker.disk.FolderRemoval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Temporary folders. */
final class Folder {
  private Folder() {}

  /**
   * Removes a folder and all in it, as far as it goes; links are not followed.
   *
   * @return why something is left, if something is
   */
  static Optional<IOException> remove(Path folder) {
    try {
      new FolderRemoval(folder).run();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }
}
