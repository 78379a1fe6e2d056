package io.skypanel.worker.checkout;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.disk.FolderSize;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Digest;
import io.skypanel.worker.settings.GitCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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

  /** There from the end of a checkout to the begin of the next: only so it is whole. */
  private static final String WHOLE = "whole";

  /** After a crash of the machine files may be empty that git takes for unchanged. */
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** What updates may add to {@code .git}, which builders are sent, beside what it had at first. */
  private static final long MORE_GIT_BYTES = 16 << 20;

  /** Keeps nothing. */
  public static final KeptCheckouts NONE = new KeptCheckouts(Path.of(""), 0, GitCredentials.NONE);

  private final Path folder;
  private final long maxBytes;
  private final GitCredentials credentials;
  private final Map<String, Taken> taken = new ConcurrentHashMap<>();
  private final CheckoutLocks locks;

  /**
   * What a build has.
   *
   * @param firstBytes of {@code .git} when the checkout was new; 0: it is to be
   */
  private record Taken(String key, long firstBytes) {}

  /**
   * @param folder where they are; made with the first
   * @param maxBytes of all together; 0 keeps none
   * @param credentials the operator's, by which git fetches
   */
  public KeptCheckouts(Path folder, long maxBytes, GitCredentials credentials) {
    this.credentials = credentials;
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.locks = new CheckoutLocks(folder);
  }

  /**
   * The folder for the checkout of a build, which has it until {@link #release}; empty if it is
   * another's, or nothing is kept. There is something in it only if that is a whole checkout.
   *
   * @param manner how git is set up; what was checked out otherwise goes
   */
  Optional<Path> take(Build build, String manner) {
    if (maxBytes == 0) {
      return Optional.empty();
    }
    String key = key(build.job());
    Path own = folder.resolve(key);
    try {
      Files.createDirectories(
          own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!locks.take(key)) {
        return Optional.empty();
      }
      taken.put(build.job().deploymentId(), new Taken(key, 0));
      Path checkout = own.resolve(GitCheckout.SOURCE);
      long firstBytes = firstBytes(own, manner);
      Files.deleteIfExists(own.resolve(WHOLE));
      if (firstBytes == 0
          || FolderSize.bytes(checkout.resolve(".git")) > 2 * firstBytes + MORE_GIT_BYTES) {
        new FolderRemoval(checkout).run();
      } else {
        taken.put(build.job().deploymentId(), new Taken(key, firstBytes));
      }
      return Optional.of(checkout);
    } catch (IOException e) {
      release(build);
      log.warn("The kept checkout {} can't be used: {}", own, e.toString());
      return Optional.empty();
    }
  }

  /**
   * The build's checkout is whole, so the next build may begin with it.
   *
   * @param isNew whether it was made anew
   */
  void keep(Build build, String manner, boolean isNew) {
    Taken has = taken.get(build.job().deploymentId());
    if (has == null) {
      return;
    }
    Path own = folder.resolve(has.key());
    long firstBytes =
        isNew
            ? FolderSize.bytes(own.resolve(GitCheckout.SOURCE).resolve(".git"))
            : has.firstBytes();
    try {
      Files.writeString(own.resolve(WHOLE), boot() + "\n" + manner + "\n" + firstBytes + "\n");
    } catch (IOException e) {
      log.warn("The checkout {} is not kept: {}", own, e.toString());
    }
  }

  /** 0: what is there is no whole checkout of this kind. */
  private static long firstBytes(Path own, String manner) throws IOException {
    try {
      List<String> noted = Files.readAllLines(own.resolve(WHOLE));
      boolean fits =
          noted.size() == 3 && noted.get(0).equals(boot()) && noted.get(1).equals(manner);
      return fits ? Long.parseLong(noted.get(2)) : 0;
    } catch (NoSuchFileException | NumberFormatException notWhole) {
      return 0;
    }
  }

  private static String boot() throws IOException {
    return Files.exists(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "";
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
    Taken has = taken.get(build.job().deploymentId());
    return has == null ? build.workspace() : folder.resolve(has.key());
  }

  /** The build is at its end. */
  void release(Build build) {
    Taken has = taken.remove(build.job().deploymentId());
    if (has != null) {
      locks.giveBack(has.key());
    }
  }

  /**
   * Removes those that were used the longest ago, until the others fit; bytes that came back.
   *
   * @param diskIsShort of space: then all go that no build has
   */
  public long trim(boolean diskIsShort) {
    long left = diskIsShort ? 0 : maxBytes;
    long freed = 0;
    for (Path own : latestFirst()) {
      long bytes = FolderSize.bytes(own);
      if (bytes <= left) {
        left -= bytes;
      } else if (remove(own)) {
        freed += bytes;
      } else {
        left = Math.max(0, left - bytes);
      }
    }
    return freed;
  }

  private boolean remove(Path own) {
    String key = own.getFileName().toString();
    try {
      if (!locks.take(key)) {
        return false;
      }
    } catch (IOException e) {
      log.warn("The kept checkout {} can't be locked: {}", own, e.toString());
      return false;
    }
    try {
      Files.deleteIfExists(own.resolve(WHOLE));
      new FolderRemoval(own).run();
      return true;
    } catch (IOException e) {
      log.warn("The kept checkout {} can't be removed: {}", own, e.toString());
      return false;
    } finally {
      locks.giveBack(key);
    }
  }

  private List<Path> latestFirst() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isDirectory)
          .sorted(Comparator.comparing(KeptCheckouts::lastUse).reversed())
          .toList();
    } catch (IOException | UncheckedIOException nothingYet) {
      return List.of();
    }
  }

  /** Each use takes away a file, and puts one there. */
  private static FileTime lastUse(Path own) {
    try {
      return Files.getLastModifiedTime(own);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
