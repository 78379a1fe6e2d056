package io.skypanel.worker.image;

import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes a build context as tar while it walks the folder: nothing is copied and nothing but one
 * folder's names is held. Owner and mode are made the same whoever checked the files out, since the
 * engine's cache looks at both; times it does not look at, so they stay. Names go byte by byte as
 * they are on disk, whatever the worker's locale: GNU's long names, for POSIX ones would have to be
 * UTF-8. For one use by one thread.
 */
final class ContextArchive {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int MAX_WARNINGS = 20;
  private static final int FILE = 0644;
  private static final int EXECUTABLE = 0755;
  private static final int LINK = 0777;

  private record Child(String name, Path path) {}

  private record Folder(Iterator<Child> children, String prefix, DockerIgnore.Match match) {}

  private final Path root;
  private final DockerIgnore ignore;
  private final Progress progress;
  private final Map<String, String> extras;
  private final boolean beginsWithRoot;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private int warnings;
  private int files;
  private long bytes;

  /**
   * @param root the context's root
   * @param ignore what is left out
   * @param progress is warned of what can't be sent
   */
  ContextArchive(Path root, DockerIgnore ignore, Progress progress) {
    this(root, ignore, progress, Map.of());
  }

  /**
   * @param extras names and texts of files that are in the archive's root whatever is on disk, and
   *     in place of what bears their name there
   */
  ContextArchive(Path root, DockerIgnore ignore, Progress progress, Map<String, String> extras) {
    this(root, ignore, progress, extras, false);
  }

  private ContextArchive(
      Path root,
      DockerIgnore ignore,
      Progress progress,
      Map<String, String> extras,
      boolean beginsWithRoot) {
    this.root = root;
    this.ignore = ignore;
    this.progress = progress;
    this.extras = new TreeMap<>(extras);
    this.beginsWithRoot = beginsWithRoot;
  }

  /**
   * One whose first entry has a short name, the root's, whatever the files are called: BuildKit
   * tells by the first kilobyte whether it is an archive.
   */
  static ContextArchive forBuildKit(Path root, DockerIgnore ignore, Progress progress) {
    return new ContextArchive(root, ignore, progress, Map.of(), true);
  }

  /**
   * Writes the whole archive, with its end; does not close {@code out}.
   *
   * @throws IOException naming the file that could not be read, or what {@code out} threw
   */
  void writeTo(OutputStream out) throws IOException {
    TarArchiveOutputStream tar =
        new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    if (beginsWithRoot) {
      putRoot(tar);
    }
    for (Map.Entry<String, String> extra : extras.entrySet()) {
      writeExtra(tar, extra.getKey(), extra.getValue());
    }
    walk(tar);
    tar.finish();
    out.flush();
  }

  /** How many regular files were written. */
  int files() {
    return files;
  }

  /** How many bytes of content were written. */
  long bytes() {
    return bytes;
  }

  /** Without recursion: how deep the folders are is the repository's choice. */
  private void walk(TarArchiveOutputStream tar) throws IOException {
    Deque<Folder> open = new ArrayDeque<>();
    open.push(new Folder(list(root, "").iterator(), "", DockerIgnore.Match.ROOT));
    while (!open.isEmpty()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("the build context was closed");
      }
      Folder folder = open.peek();
      if (!folder.children().hasNext()) {
        open.pop();
        continue;
      }
      Child child = folder.children().next();
      String name = folder.prefix() + child.name();
      String readable =
          new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      DockerIgnore.Match match = ignore.match(readable, folder.match());
      if (extras.containsKey(name) || (match.excluded() && !ignore.mayKeepBelow(readable))) {
        continue;
      }
      PosixFileAttributes attributes = attributes(child.path(), readable);
      if (!match.excluded()) {
        write(tar, child.path(), name, readable, attributes);
      }
      if (attributes.isDirectory()) {
        open.push(new Folder(list(child.path(), name + "/").iterator(), name + "/", match));
      }
    }
  }

  private static List<Child> list(Path folder, String prefix) throws IOException {
    List<Child> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path path : stream) {
        children.add(new Child(RawNames.of(path), path));
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw unreadable(prefix.isEmpty() ? "its root" : prefix, e);
    }
    children.sort(Comparator.comparing(Child::name));
    return children;
  }

  private static PosixFileAttributes attributes(Path path, String name) throws IOException {
    try {
      return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private void write(
      TarArchiveOutputStream tar,
      Path path,
      String name,
      String readable,
      PosixFileAttributes attributes)
      throws IOException {
    if (attributes.isDirectory()) {
      put(tar, entry(name + "/", TarConstants.LF_DIR, EXECUTABLE, attributes));
    } else if (attributes.isSymbolicLink()) {
      TarArchiveEntry entry = entry(name, TarConstants.LF_SYMLINK, LINK, attributes);
      try {
        entry.setLinkName(RawNames.ofTarget(path));
      } catch (IOException e) {
        throw unreadable(readable, e);
      }
      put(tar, entry);
    } else if (attributes.isRegularFile()) {
      boolean executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
      writeFile(
          tar,
          path,
          readable,
          entry(name, TarConstants.LF_NORMAL, executable ? EXECUTABLE : FILE, attributes));
    } else if (warnings++ < MAX_WARNINGS) {
      progress.warn(
          Shown.of(readable) + " is a device, socket or pipe and is left out of the build context");
    }
  }

  private void writeFile(TarArchiveOutputStream tar, Path path, String name, TarArchiveEntry entry)
      throws IOException {
    try (FileChannel content = open(path, name)) {
      long size = content.size();
      entry.setSize(size);
      tar.putArchiveEntry(entry);
      long left = size;
      while (left > 0) {
        buffer.clear().limit((int) Math.min(left, BUFFER_BYTES));
        int count = read(content, name);
        if (count < 0) {
          throw new IOException(Shown.of(name) + " became shorter while it was sent to the engine");
        }
        tar.write(buffer.array(), 0, count);
        left -= count;
      }
      tar.closeArchiveEntry();
      files++;
      bytes += size;
    }
  }

  private static void putRoot(TarArchiveOutputStream tar) throws IOException {
    TarArchiveEntry root = new TarArchiveEntry("./", TarConstants.LF_DIR);
    root.setMode(EXECUTABLE);
    root.setIds(0, 0);
    root.setModTime(0);
    put(tar, root);
  }

  private static void writeExtra(TarArchiveOutputStream tar, String name, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(FILE);
    entry.setIds(0, 0);
    entry.setSize(content.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static FileChannel open(Path path, String name) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private int read(FileChannel content, String name) throws IOException {
    try {
      return content.read(buffer);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry entry(
      String name, byte type, int mode, BasicFileAttributes attributes) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setMode(mode);
    entry.setIds(0, 0);
    // else the worker's own user name, which the engine's cache looks at too
    entry.setUserName("");
    entry.setGroupName("");
    entry.setModTime(attributes.lastModifiedTime().toMillis() / 1000 * 1000);
    return entry;
  }

  private static IOException unreadable(String name, Exception cause) {
    return new IOException(
        Shown.of(name) + " can't be read for the build context: " + cause, cause);
  }
}
