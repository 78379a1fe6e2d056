package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.job.StopSignal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Looks a build context through before anything of it is sent: buildx and pack read it themselves,
 * and send what they find, and how it is built depends on how much there is. Holds the folders
 * above the one that it reads and nothing else, however wide the tree is: each is read on where it
 * was left. For one use by one thread.
 */
final class ContextBounds {
  /** Of comparing paths with rules, a few seconds of one processor. */
  private static final long MAX_STEPS = 1_000_000_000;

  /** Each is an open file, here and for who sends them. */
  private static final int MAX_DEPTH = 256;

  private static final int BIGGEST = 3;
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int LINK = 0120000;
  private static final int FILE = 0100000;
  private static final int SPECIAL_BITS = 07000;
  private static final LinkOption[] NO_LINKS = {LinkOption.NOFOLLOW_LINKS};

  /**
   * A folder that is being read.
   *
   * @param name below the root; empty for the root itself
   * @param top the first part of that name
   */
  private record Folder(
      DirectoryStream<Path> entries,
      Iterator<Path> rest,
      String name,
      String top,
      DockerIgnore.Match match) {}

  private final Path root;
  private final DockerIgnore ignore;
  private final long maxBytes;
  private final int maxFiles;
  private final Map<String, Long> tops = new LinkedHashMap<>();
  private final Deque<Folder> open = new ArrayDeque<>();
  private long bytes;
  private int files;
  private long steps;

  /**
   * @param root the context's root
   * @param ignore what is left out
   * @param maxBytes how large all files may be together; one with holes counts in full
   * @param maxFiles how many files, folders and links there may be
   */
  ContextBounds(Path root, DockerIgnore ignore, long maxBytes, int maxFiles) {
    this.root = root;
    this.ignore = ignore;
    this.maxBytes = maxBytes;
    this.maxFiles = maxFiles;
  }

  /**
   * What there is to send.
   *
   * @param bytes of all files together
   * @param files how many files, folders and links
   */
  record Size(long bytes, int files) {}

  /** Who reads the context to send it. */
  enum Sender {
    /** This worker, which leaves out devices, sockets and pipes. */
    WORKER,
    /**
     * buildx or pack: neither is started where there is one of those, and buildx goes into each
     * folder that is left out if an exception has a wildcard.
     *
     * @see <a href="https://github.com/tonistiigi/fsutil/blob/master/filter.go">how it does</a>
     */
    PROGRAM
  }

  /**
   * Counts. Files and folders lose what would have a program run as another user (setuid, setgid),
   * in the checkout itself.
   *
   * @return what was counted
   * @throws BuildFailure.UserFault if there is too much, or too deep, saying of what and how to
   *     send less, or for a device, socket or pipe
   */
  Size check(Sender sender, StopSignal stop) throws BuildFailure {
    try {
      enter(root, "", "", DockerIgnore.Match.ROOT);
      while (!open.isEmpty()) {
        stop.check();
        Folder folder = open.getLast();
        Optional<Path> entry = next(folder);
        if (entry.isPresent()) {
          look(folder, entry.get(), sender);
        } else {
          leave();
        }
      }
      return new Size(bytes, files);
    } finally {
      while (!open.isEmpty()) {
        leave();
      }
    }
  }

  private void enter(Path path, String name, String top, DockerIgnore.Match match)
      throws BuildFailure {
    if (open.size() > MAX_DEPTH) {
      throw new BuildFailure.UserFault(
          "Folders are nested more than %d deep in %s; make them fewer, or name it in .dockerignore"
              .formatted(MAX_DEPTH, Shown.of(top)));
    }
    try {
      DirectoryStream<Path> entries = Files.newDirectoryStream(path);
      open.addLast(new Folder(entries, entries.iterator(), name, top, match));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static Optional<Path> next(Folder folder) throws BuildFailure {
    try {
      return folder.rest().hasNext() ? Optional.of(folder.rest().next()) : Optional.empty();
    } catch (DirectoryIteratorException e) {
      throw unreadable(folder.name(), e);
    }
  }

  private void leave() throws BuildFailure {
    Folder folder = open.removeLast();
    try {
      folder.entries().close();
    } catch (IOException e) {
      throw unreadable(folder.name(), e);
    }
  }

  private void look(Folder folder, Path path, Sender sender) throws BuildFailure {
    String file =
        new String(RawNames.of(path).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    String name = folder.name().isEmpty() ? file : folder.name() + "/" + file;
    DockerIgnore.Match match = ignore.match(name, folder.match());
    steps += match.steps();
    if (steps > MAX_STEPS) {
      throw new BuildFailure.UserFault(
          ".dockerignore takes too long to compare with so many files; use fewer patterns with"
              + " wildcards, or leave out whole folders");
    }
    boolean everywhere = sender == Sender.PROGRAM && ignore.keepsByWildcard();
    if (match.excluded() && !everywhere && !ignore.mayKeepBelow(name)) {
      return;
    }
    Map<String, Object> attributes = attributes(path, name);
    int mode = (Integer) attributes.get("mode");
    int type = mode & TYPE;
    String top = folder.top().isEmpty() ? file : folder.top();
    if (!match.excluded()) {
      count(top, type == FILE ? (Long) attributes.get("size") : 0);
      if (type != FILE && type != FOLDER && type != LINK && sender == Sender.PROGRAM) {
        throw new BuildFailure.UserFault(
            Shown.of(name)
                + " is a device, socket or pipe, which can't be part of a build; remove it or name"
                + " it in .dockerignore");
      }
      if ((mode & SPECIAL_BITS) != 0 && (type == FILE || type == FOLDER)) {
        clear(path, name, mode);
      }
    }
    if (type == FOLDER) {
      enter(path, name, top, match);
    }
  }

  private void count(String top, long size) throws BuildFailure.UserFault {
    files++;
    // a file with holes may claim all there is
    bytes += Math.min(size, maxBytes + 1);
    if (tops.containsKey(top) || tops.size() < maxFiles / 100) {
      tops.merge(top, size, Long::sum);
    }
    if (files > maxFiles) {
      throw tooMuch("more than " + maxFiles + " files", entry -> true);
    }
    if (bytes > maxBytes) {
      throw tooMuch(
          "more than " + (maxBytes >> 20) + " MB (MAX_CONTEXT_MB)", entry -> entry.getValue() > 0);
    }
  }

  private BuildFailure.UserFault tooMuch(String what, Predicate<Map.Entry<String, Long>> counts) {
    String biggest =
        tops.entrySet().stream()
            .filter(counts)
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
            .limit(BIGGEST)
            .map(e -> Shown.of(e.getKey()) + " (" + BuiltLine.size(e.getValue()) + ")")
            .collect(Collectors.joining(", "));
    return new BuildFailure.UserFault(
        "The repository has %s to send to the builder (%d files, %s, when the count ended). The"
                .formatted(what, files, BuiltLine.size(bytes))
            + " most is in "
            + biggest
            + "; name what the build does not need in .dockerignore");
  }

  private static Map<String, Object> attributes(Path path, String name) throws BuildFailure {
    try {
      return Files.readAttributes(path, "unix:mode,size", NO_LINKS);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** Sets the plain permissions, by which the others go. */
  private static void clear(Path path, String name, int mode) throws BuildFailure {
    Set<PosixFilePermission> plain = EnumSet.noneOf(PosixFilePermission.class);
    List<PosixFilePermission> all = List.of(PosixFilePermission.values());
    for (int i = 0; i < all.size(); i++) {
      if ((mode & 0400 >> i) != 0) {
        plain.add(all.get(i));
      }
    }
    try {
      Files.setPosixFilePermissions(path, plain);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static BuildFailure unreadable(String name, Exception cause) {
    String where = name.isEmpty() ? "The checkout" : Shown.of(name);
    String why = String.valueOf(cause.getMessage());
    return why.contains("name too long")
        ? new BuildFailure.UserFault(
            where + " lies too deep in the repository to be read; make its folders fewer")
        : new BuildFailure.WorkerFault(
            where + " can't be read for the build context: " + Shown.of(why), cause);
  }
}
