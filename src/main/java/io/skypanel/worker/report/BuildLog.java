package io.skypanel.worker.report;

import io.skypanel.worker.job.Progress.Level;
import java.util.function.UnaryOperator;

/**
 * Makes lines of what a build says and prints, and spools them. A line's length is bounded: one
 * that has no end is cut into pieces. Thread-safe.
 */
final class BuildLog {
  /** A longer line is cut into pieces of this length. */
  static final int LINE_CHARS = 16 << 10;

  private final LogSpool spool;
  private final UnaryOperator<String> mask;
  private final StringBuilder partial = new StringBuilder();

  /**
   * @param mask takes secrets out of a line that controls were taken out of: they may have been cut
   *     in two by one
   */
  BuildLog(LogSpool spool, UnaryOperator<String> mask) {
    this.spool = spool;
    this.mask = mask;
  }

  /** Adds a line of the worker's own. */
  synchronized void line(Level level, String stage, String text) {
    flush(stage);
    int start = 0;
    while (text.length() - start > LINE_CHARS) {
      add(level, stage, text.substring(start, start + LINE_CHARS));
      start += LINE_CHARS;
    }
    add(level, stage, text.substring(start));
  }

  /** Adds program output: complete lines go in, the rest waits for its end or for the limit. */
  synchronized void output(String stage, String chunk) {
    int start = 0;
    for (int i = 0; i < chunk.length(); i++) {
      char c = chunk.charAt(i);
      if (c == '\n') {
        partial.append(chunk, start, i);
        end(stage);
        start = i + 1;
      } else if (partial.length() + (i - start) >= LINE_CHARS) {
        partial.append(chunk, start, i);
        end(stage);
        start = i;
      }
    }
    partial.append(chunk, start, chunk.length());
  }

  /** Ends a line that has no line break. */
  synchronized void flush(String stage) {
    if (!partial.isEmpty()) {
      end(stage);
    }
  }

  private void end(String stage) {
    String text = partial.toString();
    partial.setLength(0);
    add(Level.INFO, stage, text);
  }

  private void add(Level level, String stage, String text) {
    // a carriage return redraws a progress bar: what was drawn last is what counts
    String end = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    String drawn = end.substring(end.lastIndexOf('\r') + 1);
    String storable = Texts.storable(drawn);
    boolean changed = storable.length() != drawn.length();
    spool.add(level, stage, changed ? mask.apply(storable) : storable);
  }
}
