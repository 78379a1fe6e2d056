package io.skypanel.worker.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Which file systems have hardly an inode left. Java does not tell, so the program {@code df} does,
 * once a minute while there are enough: to start a program takes longer than all else that a poll
 * does. Thread-safe.
 */
public final class Inodes {
  private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long FRESH_WHILE_SCARCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int MAX_PERCENT = 95;

  private List<Path> asked = List.of();
  private List<Path> scarce = List.of();
  private long lookedAtNanos;

  /**
   * Those of the folders whose file systems have hardly one left.
   *
   * @param folders that are there
   */
  public synchronized List<Path> scarce(List<Path> folders) {
    long now = System.nanoTime();
    if (!folders.equals(asked)
        || now - lookedAtNanos >= (scarce.isEmpty() ? FRESH_NANOS : FRESH_WHILE_SCARCE_NANOS)) {
      scarce = look(folders);
      asked = List.copyOf(folders);
      lookedAtNanos = now;
    }
    return scarce;
  }

  /** A file system without inodes says {@code -} of them. */
  private static List<Path> look(List<Path> folders) {
    List<String> command = new ArrayList<>(List.of("df", "-Pi"));
    folders.forEach(folder -> command.add(folder.toString()));
    List<Path> found = new ArrayList<>();
    try {
      Process df =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (Stream<String> output = df.inputReader(StandardCharsets.UTF_8).lines()) {
        List<String> lines = output.skip(1).toList();
        // a line each, in their order, unless one has just gone
        for (int i = 0; i < lines.size() && lines.size() == folders.size(); i++) {
          String[] columns = lines.get(i).split("\\s+");
          if (columns.length > 4
              && columns[4].matches("\\d+%")
              && Integer.parseInt(columns[4].replace("%", "")) > MAX_PERCENT) {
            found.add(folders.get(i));
          }
        }
      }
    } catch (IOException noSuchProgram) {
      // then nobody knows
    }
    return List.copyOf(found);
  }
}
