package io.skypanel.worker.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How much a folder holds, as far as it can be seen: files may come and go meanwhile. */
public final class FolderSize {
  private FolderSize() {}

  /** The bytes of all files below {@code folder}; links are not followed. 0 if it is not there. */
  public static long bytes(Path folder) {
    long[] bytes = {0};
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path goneOrTooDeep, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path goneMeanwhile, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
      return bytes[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
