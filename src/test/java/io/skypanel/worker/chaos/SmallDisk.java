package io.skypanel.worker.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory that is quickly full. The suite's namespace takes it away. */
final class SmallDisk {
  private static final int BLOCK = 4096;

  private final Path folder;

  SmallDisk(Path folder, int megabytes) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString())
            .inheritIO()
            .start();
    if (mount.waitFor() != 0) {
      throw new IOException("no small disk at " + folder);
    }
  }

  Path folder() {
    return folder;
  }

  /** Leaves no byte. */
  void fill() throws IOException {
    byte[] block = new byte[BLOCK];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      if (!Files.exists(filler())) {
        throw full;
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }
}
