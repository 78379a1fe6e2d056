package io.skypanel.worker.intake;

import io.skypanel.worker.disk.Inodes;
import io.skypanel.worker.settings.Reserves;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this machine has room for another build: disk and inodes of the workspace and of the
 * engine's root, and memory. Looked at every few seconds at most. Thread-safe.
 */
public final class Resources {
  private static final Logger log = LoggerFactory.getLogger(Resources.class);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MIB = 1 << 20;

  private final Reserves reserves;
  private final List<Path> disks;
  private final Inodes inodes = new Inodes();
  private String shortage = "";
  private long lookedAtNanos = System.nanoTime() - FRESH_NANOS;

  /**
   * @param disks folders whose file systems a build fills; one that is not there is passed over,
   *     such as the root of an engine on another machine
   */
  public Resources(Reserves reserves, List<Path> disks) {
    this.reserves = reserves;
    this.disks = List.copyOf(disks);
  }

  /** What is missing, for people; empty if a build may be taken. A change is logged once. */
  public synchronized Optional<String> shortage() {
    long now = System.nanoTime();
    if (now - lookedAtNanos >= FRESH_NANOS) {
      lookedAtNanos = now;
      note(String.join("; ", look()));
    }
    return Optional.of(shortage).filter(s -> !s.isEmpty());
  }

  /** Whether there is less space than there must be, memory aside. */
  public boolean isDiskShort() {
    return !lookAtDisks().isEmpty();
  }

  private void note(String now) {
    if (shortage.isEmpty() && !now.isEmpty()) {
      log.warn("No build is taken: {}; the builds stay queued", now);
    } else if (!shortage.isEmpty() && now.isEmpty()) {
      log.info("There is room for builds again");
    }
    shortage = now;
  }

  private List<String> look() {
    List<String> missing = lookAtDisks();
    long memory = availableMemory();
    if (memory < reserves.memoryBytes()) {
      missing.add(
          String.format(
              "%d MiB of memory are free and %d must be (MIN_FREE_MEMORY)",
              memory / MIB, reserves.memoryBytes() / MIB));
    }
    return missing;
  }

  private List<String> lookAtDisks() {
    List<String> missing = new ArrayList<>();
    List<Path> there = disks.stream().filter(Files::isDirectory).toList();
    there.forEach(disk -> lookAtDisk(disk, missing));
    for (Path disk : inodes.scarce(there)) {
      missing.add("the disk of " + disk + " has hardly an inode left (see df -i)");
    }
    return missing;
  }

  private void lookAtDisk(Path disk, List<String> missing) {
    try {
      FileStore store = Files.getFileStore(disk);
      long free = store.getUsableSpace();
      long wanted =
          Math.max(reserves.diskBytes(), store.getTotalSpace() / 100 * reserves.diskPercent());
      if (free < wanted) {
        missing.add(
            String.format(
                "%d MiB are free on the disk of %s and %d must be (MIN_FREE_DISK,"
                    + " MIN_FREE_DISK_PERCENT)",
                free / MIB, disk, wanted / MIB));
      }
    } catch (IOException e) {
      missing.add("the disk of " + disk + " can't be looked at: " + e.getMessage());
    }
  }

  private static long availableMemory() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException notLinux) {
      return Long.MAX_VALUE;
    }
  }
}
