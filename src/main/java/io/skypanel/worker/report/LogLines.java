package io.skypanel.worker.report;

import io.skypanel.worker.job.Progress.Level;
import java.nio.charset.StandardCharsets;

/**
 * Lines of a build's log, as they are spooled: {@code LEVEL stage text} each.
 *
 * @param level the worst of them
 * @param stage the last one's stage
 * @param text the texts alone
 * @param bytes how many bytes of the spool they take
 * @param count how many they are
 */
record LogLines(Level level, String stage, String text, int bytes, int count) {

  /** A line as it is spooled. */
  static byte[] encode(Level level, String stage, String text) {
    return (level.name() + " " + stage + " " + text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The whole lines at the beginning of {@code spooled}; a single line that is cut counts too. */
  static LogLines decode(byte[] spooled) {
    int length = spooled.length;
    while (length > 0 && spooled[length - 1] != '\n') {
      length--;
    }
    length = length == 0 ? spooled.length : length;
    String whole = new String(spooled, 0, length, StandardCharsets.UTF_8);
    Level worst = Level.DEBUG;
    String stage = "";
    int count = 0;
    StringBuilder text = new StringBuilder(length);
    for (String line : (Iterable<String>) whole.lines()::iterator) {
      count++;
      String[] parts = line.split(" ", 3);
      boolean complete = parts.length == 3;
      Level level = complete ? level(parts[0]) : Level.INFO;
      worst = level.compareTo(worst) > 0 ? level : worst;
      stage = complete ? parts[1] : stage;
      text.append(count == 1 ? "" : "\n").append(complete ? parts[2] : line);
    }
    return new LogLines(worst, stage, text.toString(), length, count);
  }

  /** Stands for lines that are not there any more. */
  static LogLines gap(long bytes) {
    String text = "[… " + Math.max(1, bytes >> 10) + " KiB of output left out here …]";
    return new LogLines(Level.INFO, "", text, 0, 0);
  }

  /** Where the first whole line of {@code spooled} begins. */
  static int nextLine(byte[] spooled) {
    for (int i = 0; i < spooled.length; i++) {
      if (spooled[i] == '\n') {
        return i + 1;
      }
    }
    return spooled.length;
  }

  private static Level level(String name) {
    try {
      return Level.valueOf(name);
    } catch (IllegalArgumentException cutLine) {
      return Level.INFO;
    }
  }
}
