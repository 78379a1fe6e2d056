package io.skypanel.worker.report;

import io.skypanel.worker.disk.DurableFile;
import io.skypanel.worker.disk.JsonFile;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The builds in flight, one file each in {@code STATE_DIR/journal}, so that a worker that is killed
 * can finish or end them when it is back. A disk that takes no more costs that and nothing else.
 * Thread-safe.
 */
public final class Journal {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  private static final Comparator<Path> BY_TIME =
      Comparator.comparingLong(f -> f.toFile().lastModified());

  /** A build does not begin, since the disk does not take its file. */
  public static final class NotNoted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotNoted(String message) {
      super(message);
    }
  }

  private final Path directory;
  private final Map<String, JournalEntry> open = new ConcurrentHashMap<>();

  public Journal(Path stateDir) {
    this.directory = stateDir.resolve("journal");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("the journal can't be made in " + stateDir, e);
    }
  }

  /** The builds that an earlier run left, oldest first. A file that can't be read is set aside. */
  public List<JournalEntry> interrupted() {
    return left(JournalEntry.class).stream()
        .filter(entry -> !open.containsKey(entry.job().deploymentId()))
        .toList();
  }

  /** Those that an earlier version accepted and today's rules refuse, oldest first. */
  public List<UnfitBuild> unfit() {
    return left(UnfitBuild.class);
  }

  private <T> List<T> left(Class<T> kind) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted(BY_TIME)
          .flatMap(file -> read(file).stream())
          .filter(kind::isInstance)
          .map(kind::cast)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the journal " + directory + " can't be read", e);
    }
  }

  private static Optional<Object> read(Path file) {
    try {
      return JsonFile.read(file, Journal::entry);
    } catch (UncheckedIOException e) {
      log.error("{}; its build is left until the next start", e.getMessage());
      return Optional.empty();
    }
  }

  private static Object entry(byte[] content) throws IOException {
    try {
      return JsonFile.parse(content, JournalEntry.class);
    } catch (IOException e) {
      return UnfitBuild.read(content, e);
    }
  }

  /**
   * A build was accepted. One that can't be noted must not begin: a kill would lose it.
   *
   * @throws NotNoted if the disk does not take it
   */
  void open(JournalEntry entry) {
    if (!write(entry)) {
      open.remove(entry.job().deploymentId());
      throw new NotNoted(entry.job() + " can't be noted in " + directory + "; it stays queued");
    }
  }

  /** A build is taken up again; the disk has it already. */
  void reopen(JournalEntry entry) {
    write(entry);
  }

  /** It has come to {@code phase}. */
  void reached(BuildJob job, Phase phase) {
    Optional<String> container =
        phase == Phase.DEPLOY ? Optional.of(ImageRef.containerName(job)) : Optional.empty();
    update(job, entry -> entry.in(phase, container));
  }

  /** Its image is there. */
  void built(BuildJob job, BuiltImage image) {
    update(job, entry -> entry.with(image));
  }

  /** Its final status is decided, and about to be written to the outbox. */
  void concluded(BuildJob job, Report report) {
    update(job, entry -> entry.concluded(report));
  }

  /** Its final status is in the outbox. */
  public void close(BuildJob job) {
    close(job.deploymentId());
  }

  /** The same by the build's id. */
  void close(String deploymentId) {
    open.remove(deploymentId);
    try {
      DurableFile.delete(file(deploymentId));
    } catch (IOException e) {
      log.error("Build {} can't be removed from the journal: {}", deploymentId, e.getMessage());
    }
  }

  private void update(BuildJob job, UnaryOperator<JournalEntry> change) {
    JournalEntry entry = open.get(job.deploymentId());
    if (entry != null) {
      write(change.apply(entry));
    }
  }

  private boolean write(JournalEntry entry) {
    open.put(entry.job().deploymentId(), entry);
    try {
      JsonFile.write(file(entry.job().deploymentId()), entry);
      return true;
    } catch (IOException e) {
      log.error("{} can't be noted in the journal: {}", entry.job(), e.getMessage());
      return false;
    }
  }

  private Path file(String deploymentId) {
    return directory.resolve(ImageRef.clean(deploymentId) + ".json");
  }
}
