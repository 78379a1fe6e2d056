package io.skypanel.worker.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.disk.DurableFile;
import io.skypanel.worker.job.ImageRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbox on disk: one file a report, {@code <number>-<deployment>-<status>.json}, so that
 * {@code ls} shows what waits, in order. Thread-safe.
 */
public final class OutboxFiles {
  private static final Logger log = LoggerFactory.getLogger(OutboxFiles.class);

  private final Path directory;
  private final Path rejected;
  private final ObjectMapper json;
  private final AtomicLong lastNumber = new AtomicLong();

  public OutboxFiles(Path stateDir, ObjectMapper json) {
    this.directory = stateDir.resolve("outbox");
    this.rejected = directory.resolve("rejected");
    this.json = json;
    try {
      Files.createDirectories(rejected);
    } catch (IOException e) {
      throw new UncheckedIOException("the outbox can't be made in " + stateDir, e);
    }
  }

  /**
   * A report and its file. Its log stays on disk, so that a long backlog takes little memory.
   *
   * @param onDisk false when the disk took no file; the report is whole then
   */
  record Stored(Report report, Path file, boolean onDisk) {}

  /** What is on disk, oldest first. A file that can't be read is moved aside. */
  List<Stored> load() {
    try (Stream<Path> all = Files.list(directory)) {
      List<Path> files = all.filter(OutboxFiles::isReport).sorted().toList();
      if (!files.isEmpty()) {
        String name = files.get(files.size() - 1).getFileName().toString();
        lastNumber.set(Long.parseLong(name.substring(0, name.indexOf('-'))));
      }
      return files.stream().flatMap(f -> read(f).stream()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the outbox " + directory + " can't be read", e);
    }
  }

  /** The report with its log. */
  Report whole(Stored stored) {
    if (!stored.onDisk()) {
      return stored.report();
    }
    try {
      JsonNode node = json.readTree(stored.file().toFile());
      return text(node, "logs").map(stored.report()::with).orElse(stored.report());
    } catch (IOException e) {
      log.error("The log of {} can't be read: {}", stored.report(), e.getMessage());
      return stored.report();
    }
  }

  private static boolean isReport(Path file) {
    return file.getFileName().toString().matches("\\d{12}-.*\\.json");
  }

  private Optional<Stored> read(Path file) {
    try {
      JsonNode node = json.readTree(file.toFile());
      Map<String, Object> result = new LinkedHashMap<>();
      node.path("result")
          .properties()
          .forEach(f -> result.put(f.getKey(), json.convertValue(f.getValue(), Object.class)));
      Report report =
          new Report(
              node.path("appId").asText(),
              node.path("deploymentId").asText(),
              node.path("status").asText(),
              text(node, "logs"),
              text(node, "errorMessage"),
              result);
      return Optional.of(new Stored(report.withoutLogs(), file, true));
    } catch (IOException e) {
      log.error("Report {} can't be read ({}); it is moved aside", file, e.getMessage());
      moveAside(file);
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.ofNullable(node.path(field).textValue());
  }

  /** Writes a report, forced to disk. */
  Stored store(Report report) {
    String name =
        String.format(
            "%012d-%s-%s.json",
            lastNumber.incrementAndGet(), ImageRef.clean(report.deploymentId()), report.status());
    Path file = directory.resolve(name);
    try {
      return write(report, file);
    } catch (IOException e) {
      log.error("{} is kept in memory only: {} ({})", report, file, e.getMessage());
      return new Stored(report, file, false);
    }
  }

  /** Tries once more to write what the disk did not take before; in its old place. */
  Stored storeAgain(Stored inMemory) {
    try {
      Stored stored = write(inMemory.report(), inMemory.file());
      log.info("{} is on disk now", inMemory.report());
      return stored;
    } catch (IOException e) {
      return inMemory;
    }
  }

  private Stored write(Report report, Path file) throws IOException {
    DurableFile.write(file, json.writeValueAsBytes(content(report)));
    return new Stored(report.withoutLogs(), file, true);
  }

  private ObjectNode content(Report report) {
    ObjectNode node = json.createObjectNode();
    node.put("appId", report.appId());
    node.put("deploymentId", report.deploymentId());
    node.put("status", report.status());
    report.logs().ifPresent(v -> node.put("logs", v));
    report.errorMessage().ifPresent(v -> node.put("errorMessage", v));
    node.set("result", json.valueToTree(report.result()));
    return node;
  }

  /** Removes a delivered report. */
  void remove(Stored stored) {
    if (!stored.onDisk()) {
      return;
    }
    try {
      DurableFile.delete(stored.file());
    } catch (IOException e) {
      log.error("Delivered report {} can't be removed: {}", stored.file(), e.getMessage());
    }
  }

  /** Moves a report that the panel refused for good aside, with the panel's answer beside it. */
  void reject(Stored stored, String answer) {
    if (!stored.onDisk()) {
      return;
    }
    moveAside(stored.file());
    try {
      Files.writeString(rejected.resolve(stored.file().getFileName() + ".answer"), answer + "\n");
    } catch (IOException e) {
      log.error("The answer to {} can't be kept: {}", stored.file(), e.getMessage());
    }
  }

  private void moveAside(Path file) {
    try {
      Files.move(file, rejected.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.error("{} can't be moved aside: {}", file, e.getMessage());
    }
  }
}
