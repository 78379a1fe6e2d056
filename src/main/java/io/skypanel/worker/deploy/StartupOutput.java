package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Brings what an app prints while it starts into the build log: live up to a bound, and at the end
 * the rest, or the last 100 lines where the rest is long. An app that prints without end costs
 * neither memory nor the log.
 */
final class StartupOutput {
  private static final int LIVE_BYTES = 64 * 1024;
  private static final int LAST_LINES = 100;
  private static final long FETCH_SECONDS = 10;

  private final DockerClient docker;
  private final String containerId;
  private final Progress progress;
  private final Live live = new Live();
  private boolean midLine;

  /** Begins to follow the container's output. */
  StartupOutput(DockerClient docker, String containerId, Progress progress) {
    this.docker = docker;
    this.containerId = containerId;
    this.progress = progress;
    logs().withTailAll().withFollowStream(true).exec(live);
  }

  /** Stops following, and brings what was printed since. Engine errors are of no concern here. */
  void finish() {
    long forwarded = live.end();
    try {
      if (forwarded < LIVE_BYTES) {
        fetch(logs().withTailAll(), forwarded);
      } else {
        progress.info("… the app prints a lot; its last lines:");
        fetch(logs().withTail(LAST_LINES), 0);
      }
    } catch (RuntimeException e) {
      progress.warn("The app's output can't be read: " + EngineMessage.of(e));
    }
    endLine();
  }

  private void fetch(LogContainerCmd all, long skip) {
    try (Rest rest = new Rest(skip)) {
      all.exec(rest).awaitCompletion(FETCH_SECONDS, TimeUnit.SECONDS);
      rest.print();
    } catch (IOException e) {
      progress.warn("The app's output can't be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private LogContainerCmd logs() {
    return docker.logContainerCmd(containerId).withStdOut(true).withStdErr(true);
  }

  private synchronized void forward(Frame frame) {
    String text = new String(frame.getPayload(), StandardCharsets.UTF_8);
    progress.output(text);
    midLine = !text.endsWith("\n");
  }

  /** Else the worker's next line would stick to the app's last one. */
  private synchronized void endLine() {
    if (midLine) {
      progress.output("\n");
      midLine = false;
    }
  }

  /** Forwards until it has forwarded enough. */
  private final class Live extends ResultCallback.Adapter<Frame> {
    private long bytes;
    private boolean ended;

    @Override
    public synchronized void onNext(Frame frame) {
      if (!ended && bytes < LIVE_BYTES) {
        bytes += frame.getPayload().length;
        forward(frame);
      }
    }

    private long end() {
      try {
        close();
      } catch (IOException e) {
        // it is at its end either way
      }
      synchronized (this) {
        ended = true;
        return bytes;
      }
    }
  }

  /** Keeps the last lines of what was not forwarded yet; the engine gives one frame a line. */
  private final class Rest extends ResultCallback.Adapter<Frame> {
    private final Deque<Frame> last = new ArrayDeque<>();
    private long skip;

    Rest(long skip) {
      this.skip = skip;
    }

    @Override
    public synchronized void onNext(Frame frame) {
      if (skip > 0) {
        skip -= frame.getPayload().length;
        return;
      }
      last.addLast(frame);
      if (last.size() > LAST_LINES) {
        last.removeFirst();
      }
    }

    private synchronized void print() {
      last.forEach(StartupOutput.this::forward);
    }
  }
}
