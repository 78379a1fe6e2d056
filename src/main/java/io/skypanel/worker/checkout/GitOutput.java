package io.skypanel.worker.checkout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What git says, on its way to the customer: of a progress bar, which git draws over itself with
 * carriage returns, only the last state is passed on. The last lines are kept for telling failures
 * apart. Bounded, whatever a server sends.
 */
final class GitOutput implements Consumer<String> {
  private static final int KEPT_LINES = 60;
  private static final int LINE_CHARS = 4096;

  private final Consumer<String> sink;
  private final StringBuilder line = new StringBuilder();
  private final Deque<String> last = new ArrayDeque<>();
  private boolean returned;

  GitOutput(Consumer<String> sink) {
    this.sink = sink;
  }

  @Override
  public synchronized void accept(String chunk) {
    for (int i = 0; i < chunk.length(); i++) {
      char c = chunk.charAt(i);
      if (c == '\n') {
        returned = false;
        end();
        continue;
      }
      // a carriage return begins the line anew, unless a line feed follows, maybe in the next chunk
      if (returned) {
        line.setLength(0);
      }
      returned = c == '\r';
      if (!returned) {
        if (line.length() >= LINE_CHARS) {
          end();
        }
        line.append(c);
      }
    }
  }

  /** The last lines that git printed, oldest first; what stands without line break too. */
  synchronized List<String> lastLines() {
    if (!line.isEmpty()) {
      end();
    }
    return List.copyOf(last);
  }

  private void end() {
    String text = line.toString();
    line.setLength(0);
    if (text.isBlank()) {
      return;
    }
    if (last.size() == KEPT_LINES) {
      last.removeFirst();
    }
    last.addLast(text);
    sink.accept(text + "\n");
  }
}
