package io.skypanel.worker.report;

import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Progress.Level;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One build's log on disk, {@code <deployment>.<position>.log} files of whole lines, each {@code
 * LEVEL stage text}. It is bounded: of a long log the first and the last files stay, and whoever
 * reads is told what was left out between. How far it was shipped survives a restart. A disk that
 * takes no more ends the log and nothing else. Thread-safe.
 */
final class LogSpool {
  private static final Logger log = LoggerFactory.getLogger(LogSpool.class);
  private static final int SEGMENTS_KEPT_AT_EACH_END = 8;

  private final Path directory;
  private final String name;
  private final int segmentBytes;
  private final List<Segment> segments = new ArrayList<>();
  private OutputStream out = OutputStream.nullOutputStream();
  private long end;
  private long shipped;
  private long shippedLines;
  private boolean closed;

  private record Segment(Path file, long start) {}

  /**
   * Lines to ship.
   *
   * @param lines what they hold
   * @param next the position behind them
   * @param firstLine the number of the first, from 1, since the worker's start
   */
  record Piece(LogLines lines, long next, long firstLine) {
    long lastLine() {
      return firstLine + Math.max(0, lines.count() - 1);
    }
  }

  /**
   * Opens a build's log, with what an earlier run left of it.
   *
   * @param limitBytes what it may take on disk
   */
  LogSpool(Path directory, String deploymentId, long limitBytes) {
    this.directory = directory;
    this.name = ImageRef.clean(deploymentId);
    this.segmentBytes = (int) (limitBytes / (2 * SEGMENTS_KEPT_AT_EACH_END));
    try {
      Files.createDirectories(directory);
      findSegments();
      if (Files.exists(shippedFile())) {
        shipped = Math.min(end, Long.parseLong(Files.readString(shippedFile()).strip()));
      }
      beginSegment();
    } catch (IOException | NumberFormatException e) {
      giveUp(e);
    }
  }

  private void findSegments() throws IOException {
    String pattern = name + "\\.\\d{15}\\.log";
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(f -> f.getFileName().toString().matches(pattern)).sorted().toList();
    }
    for (Path file : files) {
      String digits = file.getFileName().toString().substring(name.length() + 1);
      Segment segment = new Segment(file, Long.parseLong(digits.substring(0, 15)));
      segments.add(segment);
      end = segment.start() + Files.size(file);
    }
  }

  private Path shippedFile() {
    return directory.resolve(name + ".shipped");
  }

  private void beginSegment() throws IOException {
    out.close();
    Path file = directory.resolve(String.format("%s.%015d.log", name, end));
    // not buffered: what a build printed must be there after a kill
    out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    segments.removeIf(segment -> segment.start() == end);
    segments.add(new Segment(file, end));
    if (segments.size() > 2 * SEGMENTS_KEPT_AT_EACH_END) {
      Files.delete(segments.remove(SEGMENTS_KEPT_AT_EACH_END).file());
    }
  }

  /** Adds a line. */
  synchronized void add(Level level, String stage, String text) {
    if (closed) {
      return;
    }
    byte[] line = LogLines.encode(level, stage, text);
    try {
      if (end - segments.get(segments.size() - 1).start() + line.length > segmentBytes) {
        beginSegment();
      }
      out.write(line);
      end += line.length;
    } catch (IOException e) {
      giveUp(e);
    }
  }

  /** The next lines to ship, about {@code maxBytes} of them; empty if there are none. */
  synchronized Optional<Piece> next(int maxBytes) {
    try {
      for (Segment segment : segments) {
        if (shipped < segment.start()) {
          return Optional.of(
              new Piece(
                  LogLines.gap(segment.start() - shipped), segment.start(), shippedLines + 1));
        }
        byte[] bytes = read(segment, shipped, maxBytes);
        if (bytes.length > 0) {
          LogLines lines = LogLines.decode(bytes);
          return Optional.of(new Piece(lines, shipped + lines.bytes(), shippedLines + 1));
        }
      }
    } catch (IOException e) {
      giveUp(e);
    }
    return Optional.empty();
  }

  /** The piece has reached the panel. */
  synchronized void shipped(Piece piece) {
    shipped = piece.next();
    shippedLines += piece.lines().count();
    if (!closed) {
      try {
        Files.writeString(shippedFile(), shipped + "\n");
      } catch (IOException e) {
        log.debug("How far {} was shipped can't be kept: {}", name, e.getMessage());
      }
    }
  }

  /** The log's end, about {@code maxBytes} of it; a first line says what is left out before. */
  synchronized String tail(int maxBytes) {
    long from = Math.max(0, end - maxBytes);
    StringBuilder text = new StringBuilder();
    try {
      for (Segment segment : segments) {
        byte[] bytes = read(segment, Math.max(from, segment.start()), Integer.MAX_VALUE);
        int cut = from > segment.start() ? LogLines.nextLine(bytes) : 0;
        if (text.isEmpty() && bytes.length > cut && segment.start() + cut > 0 && from > 0) {
          text.append(LogLines.gap(from).text()).append('\n');
        }
        text.append(LogLines.decode(java.util.Arrays.copyOfRange(bytes, cut, bytes.length)).text());
        text.append(bytes.length > cut ? "\n" : "");
      }
    } catch (IOException e) {
      giveUp(e);
    }
    return text.toString();
  }

  /** What {@code segment} holds from {@code position} on; nothing if it ends before. */
  private static byte[] read(Segment segment, long position, int maxBytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(segment.file().toFile(), "r")) {
      long offset = position - segment.start();
      if (offset >= file.length()) {
        return new byte[0];
      }
      byte[] bytes = new byte[(int) Math.min(maxBytes, file.length() - offset)];
      file.seek(offset);
      file.readFully(bytes);
      return bytes;
    }
  }

  private void giveUp(Exception e) {
    closed = true;
    log.error("The log of build {} is not kept any further: {}", name, e.getMessage());
  }

  /** Takes nothing from then on, and leaves what there is. */
  synchronized void close() {
    closed = true;
    try {
      out.close();
    } catch (IOException e) {
      log.debug("{}", e.getMessage());
    }
  }

  /** Removes it from disk; it takes nothing from then on. */
  synchronized void delete() {
    closed = true;
    try {
      out.close();
      for (Segment segment : segments) {
        Files.deleteIfExists(segment.file());
      }
      segments.clear();
      Files.deleteIfExists(shippedFile());
    } catch (IOException e) {
      log.warn("The log of build {} can't be removed: {}", name, e.getMessage());
    }
  }
}
