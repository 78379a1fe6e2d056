package io.skypanel.worker;

import io.skypanel.worker.disk.FolderSize;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a build whose checkout takes more of the disk than it may: a small pack can name one large
 * file many times, and git writes them all. Files are counted only once the disk has lost as much
 * as one may have. Looked at by one thread at a time.
 */
final class CheckoutWatch {
  private static final Logger log = LoggerFactory.getLogger(CheckoutWatch.class);

  /** A checkout has more than a builder is sent: the history, and what is ignored. */
  private static final int CHECKOUT_TO_CONTEXT = 4;

  private final List<Path> disks;
  private final long maxBytes;
  private final Supplier<List<Build>> checkingOut;
  private final Function<Build, Path> folderOf;
  private long mostFree;

  /**
   * @param disks folders on whose disks checkouts are
   * @param contextBytes what a builder may be sent; each checkout may have four times that
   * @param checkingOut the builds that are in their checkout
   * @param folderOf where a build's checkout is
   */
  CheckoutWatch(
      List<Path> disks,
      long contextBytes,
      Supplier<List<Build>> checkingOut,
      Function<Build, Path> folderOf) {
    this.disks = disks;
    this.maxBytes = contextBytes * CHECKOUT_TO_CONTEXT;
    this.checkingOut = checkingOut;
    this.folderOf = folderOf;
  }

  /** Looks until {@code clock} ends. */
  void watch(ScheduledExecutorService clock, Duration interval) {
    long millis = interval.toMillis();
    clock.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  void look() {
    try {
      List<Build> builds = checkingOut.get();
      long free = free();
      mostFree = builds.isEmpty() ? free : Math.max(mostFree, free);
      if (mostFree - free >= maxBytes) {
        builds.forEach(this::bound);
      }
    } catch (IOException | RuntimeException e) {
      log.warn("The disks of {} can't be looked at: {}", disks, e.toString());
    }
  }

  /** Of a disk that holds several of them each time: then files are counted earlier. */
  private long free() throws IOException {
    long free = 0;
    for (Path disk : disks) {
      free += Files.exists(disk) ? Files.getFileStore(disk).getUsableSpace() : 0;
    }
    return free;
  }

  private void bound(Build build) {
    long bytes = FolderSize.bytes(folderOf.apply(build));
    if (bytes > maxBytes) {
      build
          .stop()
          .stop(
              new BuildFailure.UserFault(
                  "The repository takes more than %d MB on disk, four times MAX_CONTEXT_MB; make it smaller"
                      .formatted(maxBytes >> 20)));
    }
  }
}
