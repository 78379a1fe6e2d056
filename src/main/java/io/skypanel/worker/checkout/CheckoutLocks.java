package io.skypanel.worker.checkout;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks for kept checkouts, by files beside them: whoever removes a checkout must hold on to its
 * lock. Among the workers that share the folder, one has it. Thread-safe.
 */
final class CheckoutLocks {
  private static final Logger log = LoggerFactory.getLogger(CheckoutLocks.class);
  private static final String SUFFIX = ".lock";

  private final Path folder;
  private final Map<String, FileChannel> taken = new HashMap<>();

  /**
   * @param folder where the files are; must be there when a lock is taken
   */
  CheckoutLocks(Path folder) {
    this.folder = folder;
  }

  /**
   * Whether it is the caller's now, until {@link #giveBack}. This process is asked first: to close
   * any descriptor of a file gives up all locks that the process has on it.
   */
  synchronized boolean take(String key) throws IOException {
    if (taken.containsKey(key)) {
      return false;
    }
    FileChannel channel =
        FileChannel.open(
            folder.resolve(key + SUFFIX), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean has = false;
    try {
      has = channel.tryLock() != null;
      if (has) {
        taken.put(key, channel);
      }
    } catch (OverlappingFileLockException anotherWorkersOfThisProcess) {
      // as if of another process
    } finally {
      if (!has) {
        channel.close();
      }
    }
    return has;
  }

  synchronized void giveBack(String key) {
    try {
      taken.remove(key).close();
    } catch (IOException e) {
      log.warn("The lock of the kept checkout {} can't be given back: {}", key, e.toString());
    }
  }
}
