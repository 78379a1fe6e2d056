package io.skypanel.worker.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether what a job or a repository names lies inside the checkout, symbolic links resolved. */
final class BelowCheckout {
  private BelowCheckout() {}

  static boolean isFolder(Path root, String path) {
    try {
      Path folder = root.resolve(path);
      return Files.isDirectory(folder) && folder.toRealPath().startsWith(root.toRealPath());
    } catch (IOException gone) {
      return false;
    }
  }
}
