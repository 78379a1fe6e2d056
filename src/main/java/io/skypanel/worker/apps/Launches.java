package io.skypanel.worker.apps;

import io.skypanel.worker.disk.DurableFile;
import io.skypanel.worker.disk.JsonFile;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How each deployment that served was started, {@code STATE_DIR/launches/<deploymentId>.json}, so
 * that it can be started again without a build. The files hold the apps' variables; only their
 * owner can read them. Thread-safe; each call reads or writes the disk.
 */
public final class Launches {
  private static final Logger log = LoggerFactory.getLogger(Launches.class);
  private static final String SUFFIX = ".json";

  private final Path directory;

  /**
   * All that is needed to start a deployment again.
   *
   * @param job its build, the environment included
   * @param image what it ran
   */
  public record Launch(BuildJob job, BuiltImage image) {
    public Launch {
      // a file that lacks one is damaged
      Objects.requireNonNull(job, "job");
      Objects.requireNonNull(image, "image");
    }

    /** Its image, to be run where the app is reached now. */
    public BuiltImage image(AppRecord app) {
      List<String> domains = app.address().map(AppRecord.Address::domains).orElse(List.of());
      return new BuiltImage(
          image.checkout(),
          image.ref(),
          image.id(),
          image.intermediates(),
          image.run().withDomains(domains));
    }
  }

  /**
   * Makes {@code STATE_DIR/launches} if it is absent.
   *
   * @throws UncheckedIOException if it can't be made
   */
  public Launches(Path stateDir) {
    this.directory = stateDir.resolve("launches");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be made", e);
    }
  }

  /**
   * Keeps how a deployment was started. What the disk does not take is one warning: the app runs
   * all the same.
   */
  public synchronized void keep(BuildJob job, BuiltImage image) {
    try {
      JsonFile.write(file(job.deploymentId()), new Launch(job, image));
    } catch (IOException e) {
      log.warn("{} can't be kept for a rollback: {}", job, e.toString());
    }
  }

  /**
   * How that deployment was started; empty if it is not kept. A file that can't be understood is
   * moved aside, as long as the deployment is kept, and counts as none; the log says why.
   *
   * @throws UncheckedIOException if the disk does not give it
   */
  public synchronized Optional<Launch> find(String deploymentId) {
    if (!ImageRef.isCleanable(deploymentId)) {
      return Optional.empty();
    }
    return JsonFile.read(file(deploymentId), Launch.class);
  }

  /** Forgets these deployments. One that can't be removed is warned of and left. */
  public synchronized void forget(List<String> deploymentIds) {
    for (String id : deploymentIds) {
      if (ImageRef.isCleanable(id)) {
        remove(file(id));
        remove(JsonFile.aside(file(id)));
      }
    }
  }

  /**
   * Removes all but these deployments'. One that can't be removed is warned of and left.
   *
   * @throws UncheckedIOException if the folder can't be read
   */
  public synchronized void retainOnly(Set<String> deploymentIds) {
    Set<Path> kept =
        deploymentIds.stream()
            .map(this::file)
            .flatMap(file -> Stream.of(file, JsonFile.aside(file)))
            .collect(Collectors.toSet());
    String pattern = "*" + SUFFIX + "{," + JsonFile.ASIDE + "}";
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
      for (Path file : files) {
        if (!kept.contains(file)) {
          remove(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw new UncheckedIOException(directory + " can't be read", e.getCause());
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be read", e);
    }
  }

  private static void remove(Path file) {
    try {
      DurableFile.delete(file);
    } catch (IOException e) {
      log.warn("{} can't be removed: {}", file, e.toString());
    }
  }

  private Path file(String deploymentId) {
    return directory.resolve(ImageRef.clean(deploymentId) + SUFFIX);
  }
}
