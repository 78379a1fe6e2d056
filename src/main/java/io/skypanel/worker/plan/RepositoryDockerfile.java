package io.skypanel.worker.plan;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the Dockerfile that a repository brings. */
final class RepositoryDockerfile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int LISTED = 10;
  private static final int LISTED_DEPTH = 6;
  private static final Set<String> NOT_LISTED = Set.of(".git", "node_modules");

  private RepositoryDockerfile() {}

  /**
   * Finds and reads it. Its path is that of the file itself: of a link's, builders that resolve it
   * within the context could make another file than the one that is read here.
   *
   * @param checkout the work tree
   * @param wanted the path below it that the job names
   * @throws BuildFailure.UserFault if it is not there, is no file, is over 1 MiB, has too many
   *     lines or, once symbolic links are resolved, lies outside of the checkout
   */
  static Dockerfile find(Path checkout, Optional<String> wanted) throws BuildFailure {
    String name =
        wanted
            .map(w -> w.strip().replaceFirst("^/+", ""))
            .filter(w -> !w.isEmpty())
            .orElseGet(() -> defaultName(checkout));
    try {
      Path root = checkout.toRealPath();
      Path path = root.resolve(name).normalize();
      if (!path.startsWith(root)) {
        throw outside(name);
      }
      if (!Files.isRegularFile(path)) {
        throw new BuildFailure.UserFault(describeMissing(root, name));
      }
      Path file = path.toRealPath();
      if (!file.startsWith(root)) {
        throw outside(name);
      }
      String real = root.relativize(file).toString();
      // another file may have the name that is left of one whose bytes are no text
      if (!root.resolve(real).equals(file)) {
        throw new BuildFailure.UserFault(
            "The Dockerfile " + name + " leads to a file whose name is no UTF-8; rename that");
      }
      return new Dockerfile(real, read(file, name), Optional.empty());
    } catch (InvalidPathException e) {
      throw new BuildFailure.UserFault(
          "dockerfilePath '" + Shown.of(name) + "' is not a path; correct it");
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The Dockerfile " + name + " can't be read: " + e, e);
    }
  }

  private static String read(Path file, String name) throws BuildFailure, IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new BuildFailure.UserFault("The Dockerfile " + name + " is larger than 1 MiB");
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (Dockerfile.hasTooManyLines(text)) {
      throw new BuildFailure.UserFault(
          "The Dockerfile %s has more than %d lines; put some into a script that it copies"
              .formatted(name, Dockerfile.MAX_LINES));
    }
    return text;
  }

  /** As Docker's command line does, the lower-case name is taken where the usual one is not. */
  private static String defaultName(Path checkout) {
    String lowerCase = Dockerfile.DEFAULT_PATH.toLowerCase(Locale.ROOT);
    return !Files.exists(checkout.resolve(Dockerfile.DEFAULT_PATH))
            && Files.isRegularFile(checkout.resolve(lowerCase))
        ? lowerCase
        : Dockerfile.DEFAULT_PATH;
  }

  private static BuildFailure.UserFault outside(String name) {
    return new BuildFailure.UserFault(
        "dockerfilePath '"
            + Shown.of(name)
            + "' leads out of the repository; give a path inside it");
  }

  /** Whether there is one where it is looked for when nobody says otherwise. */
  static boolean isInUsualPlace(Path checkout) {
    return Files.isRegularFile(checkout.resolve(defaultName(checkout)));
  }

  /** That there is none in the usual place, and which there are. */
  static String describeMissing(Path checkout) throws BuildFailure {
    try {
      return describeMissing(checkout.toRealPath(), Dockerfile.DEFAULT_PATH);
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The repository can't be looked through: " + e, e);
    }
  }

  private static String describeMissing(Path root, String name) throws IOException {
    List<String> present = list(root);
    return "The Dockerfile "
        + Shown.of(name)
        + " is not in the repository; "
        + (present.isEmpty()
            ? "there is none, so add one"
            : "these are: " + present.stream().map(Shown::of).collect(Collectors.joining(", ")));
  }

  private static List<String> list(Path root) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    Files.walkFileTree(
        root,
        EnumSet.noneOf(FileVisitOption.class),
        LISTED_DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_LISTED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
            if (attributes.isRegularFile()
                && !name.endsWith(".dockerignore")
                && (name.equals("dockerfile")
                    || name.startsWith("dockerfile.")
                    || name.endsWith(".dockerfile"))) {
              found.add(root.relativize(file).toString());
              if (found.size() > LISTED) {
                found.pollLast();
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return List.copyOf(found);
  }
}
