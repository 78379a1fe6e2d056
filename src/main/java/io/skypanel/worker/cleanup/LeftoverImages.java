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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ids of untagged images that failed builds left in the engine, in {@code
 * STATE_DIR/leftover-images}, one a line in build order, until clean-up has removed them. Durable;
 * thread-safe.
 */
public final class LeftoverImages implements Consumer<List<String>> {
  private static final Logger log = LoggerFactory.getLogger(LeftoverImages.class);

  private final Path file;
  private final Set<String> all = new LinkedHashSet<>();
  private boolean read;
  private boolean written = true;

  /** Keeps them in {@code stateDir}, which must be there. */
  public LeftoverImages(Path stateDir) {
    this.file = stateDir.resolve("leftover-images");
  }

  /** Adds what a failed build left; what a full disk does not take is written by a later call. */
  @Override
  public synchronized void accept(List<String> imageIds) {
    read();
    written &= !all.addAll(imageIds);
    write();
  }

  /** All of them, in the order in which they were made. */
  public synchronized List<String> ids() {
    read();
    write();
    return List.copyOf(all);
  }

  /** These are gone from the engine. */
  public synchronized void forget(Collection<String> imageIds) {
    read();
    written &= !all.removeAll(Set.copyOf(imageIds));
    write();
  }

  private void read() {
    if (read) {
      return;
    }
    try {
      if (Files.exists(file)) {
        Files.readAllLines(file).stream().filter(id -> !id.isBlank()).forEach(all::add);
      }
      read = true;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read", e);
    }
  }

  private void write() {
    if (written) {
      return;
    }
    try {
      if (all.isEmpty()) {
        DurableFile.delete(file);
      } else {
        DurableFile.write(file, (String.join("\n", all) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      written = true;
    } catch (IOException e) {
      log.warn("{} can't be written and is kept in memory: {}", file, e.getMessage());
    }
  }
}
