package io.skypanel.worker.process;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Carries a program's output to its reader on a thread of its own, because a read from a pipe can't
 * be broken off: a stranger that left the process group may hold the pipe open for ever.
 */
final class OutputPump {
  private static final int BUFFER_CHARS = 8192;

  private final Process process;
  private final Consumer<String> output;
  private final Thread thread;
  private boolean silent;
  private RuntimeException failure;

  private OutputPump(Process process, Consumer<String> output) {
    this.process = process;
    this.output = output;
    this.thread = new Thread(this::pump, "output of process " + process.pid());
    thread.setDaemon(true);
  }

  static OutputPump start(Process process, Consumer<String> output) {
    OutputPump pump = new OutputPump(process, output);
    pump.thread.start();
    return pump;
  }

  /**
   * Waits for the rest of the output; throws what the reader of the output threw.
   *
   * @return whether it came to its end
   */
  boolean finish(Duration atMost) throws InterruptedException {
    thread.join(atMost.toMillis());
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
    return !thread.isAlive();
  }

  /** From now on nothing is handed over any more. */
  synchronized void silence() {
    silent = true;
  }

  private void pump() {
    try (Reader reader = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
      char[] buffer = new char[BUFFER_CHARS];
      int count;
      while ((count = reader.read(buffer)) >= 0) {
        handOver(new String(buffer, 0, count));
      }
    } catch (IOException e) {
      // the pipe was closed under us: the program has ended
    }
  }

  private synchronized void handOver(String chunk) {
    if (silent || failure != null) {
      return;
    }
    try {
      output.accept(chunk);
    } catch (RuntimeException e) {
      // goes on reading, so that the program does not wait for ever on a full pipe
      failure = e;
    }
  }
}
