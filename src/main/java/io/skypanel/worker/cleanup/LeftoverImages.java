package io.skypanel.worker.cleanup;

import io.skypanel.worker.disk.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ids of untagged images that failed builds left in the engine, in {@code
 * STATE_DIR/leftover-images}, one a line in build order, until clean-up has removed them. Durable;
 * thread-safe.
 */
public final class LeftoverImages implements Consumer<List<String>> {
  private final Path file;

  /** Keeps them in {@code stateDir}, which must be there. */
  public LeftoverImages(Path stateDir) {
    this.file = stateDir.resolve("leftover-images");
  }

  /**
   * Adds what a failed build left.
   *
   * @throws UncheckedIOException if it can't be written
   */
  @Override
  public synchronized void accept(List<String> imageIds) {
    Set<String> all = new LinkedHashSet<>(ids());
    if (all.addAll(imageIds)) {
      write(all);
    }
  }

  /** All of them, in the order in which they were made. */
  public synchronized List<String> ids() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().filter(id -> !id.isBlank()).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read", e);
    }
  }

  /** These are gone from the engine. */
  public synchronized void forget(Collection<String> imageIds) {
    Set<String> all = new LinkedHashSet<>(ids());
    if (all.removeAll(Set.copyOf(imageIds))) {
      write(all);
    }
  }

  private void write(Set<String> ids) {
    try {
      if (ids.isEmpty()) {
        DurableFile.delete(file);
      } else {
        DurableFile.write(file, (String.join("\n", ids) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be written", e);
    }
  }
}
