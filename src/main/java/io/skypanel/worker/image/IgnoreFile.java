package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the {@code .dockerignore} that counts for a Dockerfile, and reads it. */
final class IgnoreFile {
  private static final String NAME = ".dockerignore";

  private static final int MAX_BYTES = 64 * 1024;

  private IgnoreFile() {}

  /** What counts for a Dockerfile: what comes with it, or the checkout's. */
  static DockerIgnore of(Path checkout, Dockerfile dockerfile) throws BuildFailure {
    return dockerfile.ignore().isPresent()
        ? of(dockerfile.ignore().get())
        : read(checkout, dockerfile.path());
  }

  /**
   * Reads {@code <Dockerfile>.dockerignore} beside the Dockerfile if there is one, else {@code
   * .dockerignore}. The Dockerfile and the ignore files are sent whatever they say.
   *
   * @throws BuildFailure.UserFault for a file that builders may read differently
   */
  static DockerIgnore read(Path checkout, String dockerfile) throws BuildFailure {
    for (String name : List.of(dockerfile + NAME, NAME)) {
      Optional<String> text = text(checkout, name);
      if (text.isPresent()) {
        DockerIgnore ignore = parse(name, text.get());
        ignore.keep(dockerfile);
        ignore.keep(NAME);
        ignore.keep(name);
        return ignore;
      }
    }
    return new DockerIgnore(List.of());
  }

  /** The text of {@code <Dockerfile>.dockerignore}, if there is one. */
  static Optional<String> beside(Path checkout, String dockerfile) throws BuildFailure {
    return text(checkout, dockerfile + NAME);
  }

  private static Optional<String> text(Path checkout, String name) throws BuildFailure {
    Path file = checkout.resolve(name);
    try {
      if (Files.isSymbolicLink(file)) {
        checkLink(file, name);
      }
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file)) {
        return Optional.of(new String(in.readNBytes(MAX_BYTES + 1), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(name + " can't be read: " + e, e);
    }
  }

  /**
   * Builders resolve links within the context, where the same words may lead to another file: only
   * a link to a file beside it is the same one everywhere, and shows none of the host's.
   */
  private static void checkLink(Path link, String name) throws IOException, BuildFailure.UserFault {
    Path target = Files.readSymbolicLink(link);
    Path file = link.resolveSibling(target);
    if (target.getNameCount() != 1
        || target.isAbsolute()
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new BuildFailure.UserFault(
          name + " is a link that builders may follow to different files; make it a file");
    }
  }

  /** Reads the text that stands in for the checkout's own file, whose lines it may have. */
  static DockerIgnore of(String text) throws BuildFailure.UserFault {
    return parse(NAME, text);
  }

  private static DockerIgnore parse(String name, String text) throws BuildFailure.UserFault {
    try {
      if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
        throw new IllegalArgumentException("it is larger than 64 KiB");
      }
      return new DockerIgnore(List.of(text.split("\n")));
    } catch (IllegalArgumentException e) {
      throw new BuildFailure.UserFault(name + ": " + Shown.of(e.getMessage()) + "; correct it");
    }
  }
}
