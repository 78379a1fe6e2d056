package io.skypanel.worker.settings;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * This worker's own id, kept in {@code STATE_DIR/worker-id}: it labels what the worker makes, and
 * stays when the panel gives a new node id.
 */
public final class WorkerId {
  private WorkerId() {}

  /**
   * Reads the id, or makes one; also closes {@code stateDir} to other users (0700), unless it
   * belongs to another, as a volume may: then only its secret files are closed.
   */
  public static String in(Path stateDir) throws IOException {
    try {
      Files.setPosixFilePermissions(stateDir, PosixFilePermissions.fromString("rwx------"));
    } catch (FileSystemException anothers) {
      // it is writable, as the settings have made sure of
    }
    Path file = stateDir.resolve("worker-id");
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (!kept.isEmpty()) {
        return kept;
      }
    }
    String made = UUID.randomUUID().toString();
    Files.writeString(file, made + "\n");
    return made;
  }
}
