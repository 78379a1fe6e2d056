package io.skypanel.worker.ingress;

import io.skypanel.worker.disk.DurableFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Empty files that tell Caddy which version of an app serves. In the app's folder, {@code stopped}
 * means that none does; else a file named by the first port means that port; else it is the second.
 * Everybody may look into the folders, whatever the umask. Not thread-safe.
 */
final class Markers {
  static final String STOPPED = "stopped";

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");
  private static final Pattern NAME = Pattern.compile("(" + STOPPED + "|\\d+)(\\.new)?");

  private final Path directory;

  Markers(Path directory) {
    this.directory = directory;
  }

  /** The file by which this port of the app's is chosen. */
  Path file(String appId, int port) {
    return directory.resolve(appId).resolve(Integer.toString(port));
  }

  /** The file that stops the app. */
  Path stopped(String appId) {
    return directory.resolve(appId).resolve(STOPPED);
  }

  /** The names of the app's markers. */
  Set<String> of(String appId) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(appId))) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    } catch (NoSuchFileException none) {
      // an app that was never served
    }
    return names;
  }

  /** Lets the site be served as it says. Whatever is there already is not touched. */
  void set(Ingress.Site site) throws IOException {
    open(directory);
    open(directory.resolve(site.appId()));
    if (site.live().isEmpty()) {
      create(stopped(site.appId()));
      return;
    }
    // the port first: a stopped app must not come back on the wrong one
    Path first = file(site.appId(), site.firstPort());
    if (site.live().getAsInt() == site.firstPort()) {
      create(first);
    } else {
      DurableFile.delete(first);
    }
    DurableFile.delete(stopped(site.appId()));
  }

  /** Brings the app's markers back to what {@link #of} gave. */
  void restore(String appId, Set<String> names) throws IOException {
    for (String name : names) {
      create(directory.resolve(appId).resolve(name));
    }
    for (String name : of(appId)) {
      if (!names.contains(name)) {
        DurableFile.delete(directory.resolve(appId).resolve(name));
      }
    }
  }

  /** Removes the folders of all other apps. A folder with other files in it is somebody else's. */
  void retain(Set<String> appIds) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (Path folder : folders) {
        if (!appIds.contains(folder.getFileName().toString())) {
          remove(folder);
        }
      }
    } catch (NoSuchFileException none) {
      // nothing was ever served
    }
  }

  private void remove(Path folder) throws IOException {
    for (String name : of(folder.getFileName().toString())) {
      if (NAME.matcher(name).matches()) {
        Files.deleteIfExists(folder.resolve(name));
      }
    }
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException others) {
      // it stays
    }
  }

  private static void open(Path folder) throws IOException {
    Files.createDirectories(folder);
    // a folder of another user's that is open already can't be changed, and need not be
    if (!Files.getPosixFilePermissions(folder).containsAll(FOLDER)) {
      Files.setPosixFilePermissions(folder, FOLDER);
    }
  }

  private static void create(Path file) throws IOException {
    if (!Files.exists(file)) {
      DurableFile.write(file, new byte[0]);
      Files.setPosixFilePermissions(file, FILE);
    }
  }
}
