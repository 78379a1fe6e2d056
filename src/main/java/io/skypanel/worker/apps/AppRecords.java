package io.skypanel.worker.apps;

import io.skypanel.worker.disk.DurableFile;
import io.skypanel.worker.disk.JsonFile;
import io.skypanel.worker.job.ImageRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The app records, {@code STATE_DIR/apps/<appId>.json}, durable. A file that holds no record is
 * moved aside with a warning and counts as none; one that the disk does not give is an {@link
 * UncheckedIOException}. Thread-safe; each call reads or writes the disk.
 */
public final class AppRecords {
  private static final Logger log = LoggerFactory.getLogger(AppRecords.class);
  private static final String SUFFIX = ".json";

  private final Path directory;
  private final AppRecordJson json = new AppRecordJson();
  private final List<Change> unwritten = new ArrayList<>();

  private record Change(String appId, UnaryOperator<AppRecord> change) {}

  /**
   * Makes {@code STATE_DIR/apps} if it is absent.
   *
   * @throws UncheckedIOException if it can't be made
   */
  public AppRecords(Path stateDir) {
    this.directory = stateDir.resolve("apps");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be made", e);
    }
  }

  /** The app's record; empty for an app that this worker never deployed. */
  public synchronized Optional<AppRecord> find(String appId) {
    writeLate();
    return read(file(appId)).filter(app -> app.appId().equals(appId));
  }

  /** Every app's record, in no order. */
  public synchronized List<AppRecord> all() {
    writeLate();
    List<AppRecord> apps = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      files.forEach(file -> read(file).ifPresent(apps::add));
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be read", e);
    }
    return apps;
  }

  /**
   * Changes the app's record (an empty one if there is none) and returns once it is on disk. A
   * change that gives back its argument writes nothing.
   *
   * @throws UncheckedIOException if it can't be written; the old record stays
   */
  public synchronized AppRecord update(String appId, UnaryOperator<AppRecord> change) {
    writeLate();
    return write(appId, change);
  }

  /**
   * The same for a change that may come late: what a full disk does not take is written when it
   * does, by any later call; a kill before loses it.
   *
   * @return whether it is on disk
   */
  public synchronized boolean updateSoon(String appId, UnaryOperator<AppRecord> change) {
    unwritten.add(new Change(appId, change));
    writeLate();
    return unwritten.isEmpty();
  }

  /** Forgets the app, with what was still to be written about it; none is no error. */
  public synchronized void remove(String appId) {
    unwritten.removeIf(late -> late.appId().equals(appId));
    if (find(appId).isPresent()) {
      try {
        DurableFile.delete(file(appId));
      } catch (IOException e) {
        throw new UncheckedIOException(file(appId) + " can't be removed: " + e.getMessage(), e);
      }
    }
  }

  /** How many apps there are; reads none of their records. */
  public int count() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      return (int) StreamSupport.stream(files.spliterator(), false).count();
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be read", e);
    }
  }

  private void writeLate() {
    while (!unwritten.isEmpty()) {
      Change next = unwritten.get(0);
      try {
        write(next.appId(), next.change());
        unwritten.remove(0);
      } catch (UncheckedIOException e) {
        log.debug("{}", e.getMessage());
        return;
      }
    }
  }

  private AppRecord write(String appId, UnaryOperator<AppRecord> change) {
    AppRecord before =
        read(file(appId)).filter(app -> app.appId().equals(appId)).orElse(AppRecord.empty(appId));
    AppRecord after = change.apply(before);
    if (!after.equals(before)) {
      Path file = file(appId);
      try {
        DurableFile.write(file, json.write(after));
      } catch (IOException e) {
        throw new UncheckedIOException(file + " can't be written: " + e.getMessage(), e);
      }
    }
    return after;
  }

  private Path file(String appId) {
    return directory.resolve(ImageRef.clean(appId) + SUFFIX);
  }

  private Optional<AppRecord> read(Path file) {
    return JsonFile.read(file, json::read);
  }
}
