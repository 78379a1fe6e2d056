package io.skypanel.worker.report;

import io.skypanel.worker.job.Progress.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One build's log: what is still to be shipped, and the tail that goes with the final status. Both
 * are bounded; what does not fit is left out with a line that says so. Thread-safe.
 */
final class BuildLog {
  /** {@code logs} of a status replaces the panel's whole log, so it carries this much. */
  static final int TAIL_CHARS = 1 << 20;

  /** One {@code /logs} call carries this much. */
  static final int ENTRY_CHARS = 64 << 10;

  /** What may wait to be shipped; the final status carries the tail anyway. */
  private static final int PENDING_CHARS = 1 << 20;

  /** A longer line is cut into pieces of this length. */
  static final int LINE_CHARS = 16 << 10;

  private final Deque<Line> pending = new ArrayDeque<>();
  private final Deque<Line> tail = new ArrayDeque<>();
  private final StringBuilder partial = new StringBuilder();
  private int pendingChars;
  private int tailChars;
  private long count;
  private long leftOut;

  private record Line(long number, Level level, String stage, String text) {
    int chars() {
      return text.length() + 1;
    }
  }

  /**
   * Lines for one {@code /logs} call.
   *
   * @param level the worst of its lines
   * @param text the lines
   * @param stage the stage of the last line
   * @param firstLine number of the first, from 1
   * @param lastLine number of the last
   */
  record Entry(Level level, String text, String stage, long firstLine, long lastLine) {}

  /** Adds a whole line. */
  synchronized void line(Level level, String stage, String text) {
    flush(stage);
    add(level, stage, text);
  }

  /** Adds program output: complete lines go in, the rest waits for its end or for the limit. */
  synchronized void output(String stage, String chunk) {
    int start = 0;
    for (int i = 0; i < chunk.length(); i++) {
      char c = chunk.charAt(i);
      if (c == '\n' || c == '\r') {
        partial.append(chunk, start, i);
        // a carriage return redraws a progress bar: only what stands at the line's end counts
        if (c == '\n') {
          add(Level.INFO, stage, partial.toString());
        } else if (i + 1 < chunk.length() && chunk.charAt(i + 1) == '\n') {
          start = i + 1;
          continue;
        }
        partial.setLength(0);
        start = i + 1;
      } else if (partial.length() + (i - start) >= LINE_CHARS) {
        partial.append(chunk, start, i);
        add(Level.INFO, stage, partial.toString());
        partial.setLength(0);
        start = i;
      }
    }
    partial.append(chunk, start, chunk.length());
  }

  /** Ends a line that has no line break. */
  synchronized void flush(String stage) {
    if (!partial.isEmpty()) {
      String text = partial.toString();
      partial.setLength(0);
      add(Level.INFO, stage, text);
    }
  }

  private void add(Level level, String stage, String text) {
    String clean = Texts.storable(text);
    Line line = new Line(++count, level, stage, clean);
    tail.addLast(line);
    tailChars += line.chars();
    while (tailChars > TAIL_CHARS) {
      tailChars -= tail.removeFirst().chars();
      leftOut++;
    }
    pending.addLast(line);
    pendingChars += line.chars();
    while (pendingChars > PENDING_CHARS) {
      pendingChars -= pending.removeFirst().chars();
    }
  }

  /** Takes what the next {@code /logs} call carries; empty if nothing waits. */
  synchronized Optional<Entry> takeEntry() {
    if (pending.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    Level worst = Level.DEBUG;
    Line first = pending.getFirst();
    Line last = first;
    while (!pending.isEmpty() && text.length() + pending.getFirst().chars() <= ENTRY_CHARS) {
      last = pending.removeFirst();
      pendingChars -= last.chars();
      worst = last.level().compareTo(worst) > 0 ? last.level() : worst;
      text.append(text.isEmpty() ? "" : "\n").append(last.text());
    }
    // the panel refuses an empty message
    String message = text.toString().isBlank() ? "(empty line)" : text.toString();
    return Optional.of(new Entry(worst, message, last.stage(), first.number(), last.number()));
  }

  /** The whole log, or its end where it is long. */
  synchronized String tail() {
    StringBuilder text = new StringBuilder(tailChars + 100);
    if (leftOut > 0) {
      text.append("[… ").append(leftOut).append(" earlier lines left out …]\n");
    }
    tail.forEach(line -> text.append(line.text()).append('\n'));
    return text.toString();
  }
}
