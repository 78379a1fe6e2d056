package io.skypanel.worker.checkout;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Digest;
import io.skypanel.worker.settings.GitCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkouts that stay for the next build of the same app: of what has not changed, git fetches
 * nothing, and the engine is sent nothing. Each is one build's at a time, also among workers that
 * share the folder; a second build of the app makes a checkout of its own. What is kept may be gone
 * at any time, and is made anew then. Thread-safe.
 */
public final class KeptCheckouts {
  private static final Logger log = LoggerFactory.getLogger(KeptCheckouts.class);

  /** Its time is that of the last use. */
  private static final String LOCK = "lock";

  /** After a crash of the machine files may be empty that git takes for unchanged. */
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final String BOOT = "boot";

  /** Keeps nothing. */
  public static final KeptCheckouts NONE = new KeptCheckouts(Path.of(""), 0, GitCredentials.NONE);

  private final Path folder;
  private final long maxBytes;
  private final GitCredentials credentials;
  private final Map<String, FileLock> taken = new ConcurrentHashMap<>();

  /**
   * @param folder where they are; made with the first
   * @param maxBytes of all together; 0 keeps none
   * @param credentials the operator's, by which git fetches
   */
  public KeptCheckouts(Path folder, long maxBytes, GitCredentials credentials) {
    this.credentials = credentials;
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /**
   * The folder for the checkout of a build, which has it until {@link #release}; empty if it is
   * another's, or nothing is kept.
   */
  Optional<Path> take(Build build) {
    if (maxBytes == 0) {
      return Optional.empty();
    }
    Path own = folder.resolve(key(build.job()));
    try {
      Files.createDirectories(
          own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Optional<FileLock> lock = lock(own);
      if (lock.isEmpty()) {
        return Optional.empty();
      }
      taken.put(build.job().deploymentId(), lock.get());
      Path checkout = own.resolve(GitCheckout.SOURCE);
      if (!isOfThisBoot(own)) {
        new FolderRemoval(checkout).run();
      }
      Files.setLastModifiedTime(own.resolve(LOCK), FileTime.from(Instant.now()));
      return Optional.of(checkout);
    } catch (IOException e) {
      release(build);
      log.warn("The kept checkout {} can't be used: {}", own, e.toString());
      return Optional.empty();
    }
  }

  /** A name for what builds may share: app, repository and credential. */
  private String key(BuildJob job) {
    List<Object> parts = new ArrayList<>();
    parts.addAll(List.of(job.organizationId(), job.appId(), job.source().url()));
    new TreeMap<>(credentials.logins())
        .forEach((scope, login) -> parts.addAll(List.of(scope, login.user(), login.token())));
    parts.add(new TreeMap<>(credentials.sshKeys()));
    return Digest.of(parts.toString());
  }

  /** Where a build's checkout is: in what it has taken, or below its workspace. */
  public Path folderOf(Build build) {
    return taken.containsKey(build.job().deploymentId())
        ? folder.resolve(key(build.job()))
        : build.workspace();
  }

  /** The build is at its end. */
  void release(Build build) {
    FileLock lock = taken.remove(build.job().deploymentId());
    if (lock != null) {
      close(lock);
    }
  }

  /** Removes those that were used the longest ago, until the others fit; bytes that came back. */
  public long trim() {
    long left = maxBytes;
    long freed = 0;
    for (Path own : latestFirst()) {
      long bytes = size(own);
      left -= bytes;
      if (left < 0 && remove(own)) {
        freed += bytes;
        left += bytes;
      }
    }
    return freed;
  }

  private boolean remove(Path own) {
    try {
      Optional<FileLock> lock = lock(own);
      if (lock.isEmpty()) {
        return false;
      }
      new FolderRemoval(own).run();
      close(lock.get());
      return true;
    } catch (IOException e) {
      log.warn("The kept checkout {} can't be removed: {}", own, e.toString());
      return false;
    }
  }

  private List<Path> latestFirst() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted(Comparator.comparing(KeptCheckouts::lastUse).reversed()).toList();
    } catch (IOException | UncheckedIOException nothingYet) {
      return List.of();
    }
  }

  private static FileTime lastUse(Path own) {
    try {
      return Files.getLastModifiedTime(own.resolve(LOCK));
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static long size(Path own) {
    long[] bytes = {0};
    try {
      Files.walkFileTree(
          own,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }
          });
      return bytes[0];
    } catch (IOException tooDeep) {
      return Long.MAX_VALUE / 2;
    }
  }

  @SuppressWarnings("resource") // closed with the lock
  private static Optional<FileLock> lock(Path own) throws IOException {
    FileChannel channel =
        FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      // whoever trims may have removed the file meanwhile
      if (lock != null && Files.exists(own.resolve(LOCK))) {
        return Optional.of(lock);
      }
    } catch (OverlappingFileLockException anotherBuilds) {
      // as if another worker had it
    }
    channel.close();
    return Optional.empty();
  }

  private static boolean isOfThisBoot(Path own) throws IOException {
    String now = Files.exists(BOOT_ID) ? Files.readString(BOOT_ID) : "";
    Path noted = own.resolve(BOOT);
    boolean same = Files.exists(noted) && Files.readString(noted).equals(now);
    Files.writeString(noted, now);
    return same;
  }

  private static void close(FileLock lock) {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      log.warn("The lock of a kept checkout can't be given back: {}", e.toString());
    }
  }
}
