package io.skypanel.worker.runtime;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A folder of a checkout, read with distrust: nothing outside of the checkout is read, whatever
 * links say, no more than 1 MiB of a file, and no more than 64 MiB altogether. For one thread.
 */
final class Repository {
  private static final int MAX_BYTES = 1 << 20;
  private static final long MAX_ALTOGETHER = 64L << 20;

  /** As a tree a file takes some thirty times its size. */
  private static final int MAX_TREE_BYTES = 256 << 10;

  private static final int HEAD_BYTES = 4096;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_FILES = 20_000;
  private static final Set<String> SKIPPED =
      Set.of(".git", "node_modules", "vendor", "target", "bin", "obj", ".venv");
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final ObjectMapper TOML = TomlMapper.builder().build();

  private final Path checkout;
  private final Path folder;
  private long left = MAX_ALTOGETHER;

  /**
   * @param checkout the work tree
   * @param folder a folder in it, which may be itself
   */
  Repository(Path checkout, Path folder) throws IOException {
    this.checkout = checkout.toRealPath();
    this.folder = folder.toRealPath();
    if (!this.folder.startsWith(this.checkout)) {
      throw new IOException(folder + " lies outside of " + checkout);
    }
  }

  /** Whether there is such a file. */
  boolean has(String name) {
    return file(name).isPresent();
  }

  /** Whether there is such a folder. */
  boolean hasFolder(String name) {
    return inside(name).filter(Files::isDirectory).isPresent();
  }

  /**
   * A file's text.
   *
   * @throws BuildFailure.UserFault if it is over 1 MiB, or all that was read is over 64 MiB
   */
  Optional<String> text(String name) throws BuildFailure {
    return text(name, MAX_BYTES);
  }

  private Optional<String> text(String name, int max) throws BuildFailure {
    Optional<Path> file = file(name);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    if (left <= 0) {
      throw new BuildFailure.UserFault(
          "The files that may tell how this is built are larger than 64 MiB altogether; set"
              + " rootDirectory, or add a Dockerfile");
    }
    try (InputStream in = Files.newInputStream(file.get())) {
      byte[] bytes = in.readNBytes(max + 1);
      left -= bytes.length;
      if (bytes.length > max) {
        throw new BuildFailure.UserFault(
            "%s is larger than %s, so it is not read; make it smaller or add a Dockerfile"
                .formatted(name, max == MAX_BYTES ? "1 MiB" : "256 KiB"));
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(name + " can't be read: " + e, e);
    }
  }

  /** How a file begins, however large it is; nothing of a file that is missing. */
  String head(String name) {
    Optional<Path> file = file(name);
    if (file.isEmpty()) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file.get())) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** A file's text; none of a file that is missing or too large to be anything but a lock file. */
  String textOrNothing(String name) {
    try {
      return text(name).orElse("");
    } catch (BuildFailure e) {
      return "";
    }
  }

  /**
   * A JSON or TOML file; a missing node where there is no such file.
   *
   * @throws BuildFailure.UserFault with the line if it is malformed; if it is over 256 KiB
   */
  JsonNode tree(String name) throws BuildFailure {
    Optional<String> text = text(name, MAX_TREE_BYTES);
    try {
      return text.isEmpty()
          ? JSON.missingNode()
          : (name.endsWith(".toml") || name.equals("Pipfile") ? TOML : JSON).readTree(text.get());
    } catch (JacksonException e) {
      String where = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
      throw new BuildFailure.UserFault(
          name + " is malformed" + where + ": " + firstLine(e.getOriginalMessage()));
    }
  }

  /** Paths of files below this folder that match a glob, sorted; a few levels deep. */
  List<String> glob(String pattern) throws BuildFailure {
    if (!pattern.contains("*")) {
      return has(pattern) ? List.of(pattern) : List.of();
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    Set<String> found = new TreeSet<>();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.noneOf(FileVisitOption.class),
          pattern.contains("/") ? MAX_DEPTH : 1,
          new SimpleFileVisitor<>() {
            private int seen;

            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
              return !at.equals(folder) && SKIPPED.contains(at.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              Path path = folder.relativize(file);
              if (attributes.isRegularFile() && matcher.matches(path)) {
                found.add(path.toString());
              }
              return ++seen < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The checkout can't be read: " + e, e);
    }
    return List.copyOf(found);
  }

  private Optional<Path> file(String name) {
    return inside(name).filter(Files::isRegularFile);
  }

  private Optional<Path> inside(String name) {
    try {
      Path real = folder.resolve(name).toRealPath();
      return real.startsWith(checkout) ? Optional.of(real) : Optional.empty();
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String firstLine(String message) {
    String line = message == null ? "" : message.lines().findFirst().orElse("");
    int marker = line.indexOf("(start marker");
    return (marker < 0 ? line : line.substring(0, marker)).strip().replaceAll("\\p{Cntrl}", " ");
  }
}
