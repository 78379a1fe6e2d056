package io.skypanel.worker.apps;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Frame;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineMessage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What an app's current container has printed and prints, as bytes. The engine is read no faster
 * than this is, so an app that prints without end costs no memory. To be read by one thread.
 */
public final class ContainerOutput implements Closeable {
  private static final int PIECES = 16;
  private static final byte[] NOTHING = {};
  private static final byte[] END = {};

  private final Map<String, String> environment;
  private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
  private final Reader reader = new Reader();
  private volatile boolean closed;
  private boolean ended;

  private ContainerOutput(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Begins to read.
   *
   * @param tail how many of the lines so far
   * @param follow whether to go on with what it prints from now on, until it ends
   */
  @SuppressWarnings("resource") // the caller's
  public static ContainerOutput of(DockerEngine engine, AppRecord app, int tail, boolean follow)
      throws AppFailure {
    String id =
        app.current()
            .flatMap(AppDeployment::containerId)
            .orElseThrow(
                () ->
                    new AppFailure.Refused(
                        app.name()
                            + " has no version that ever came up; the build's log, at the panel,"
                            + " says why"));
    DockerClient docker = engine.client();
    try {
      ContainerOutput output = new ContainerOutput(environment(docker, id));
      docker
          .logContainerCmd(id)
          .withStdOut(true)
          .withStdErr(true)
          .withTail(tail)
          .withFollowStream(follow)
          .exec(output.reader);
      return output;
    } catch (NotFoundException gone) {
      throw new AppFailure.Refused(app.name() + " has no container any more; deploy it again");
    } catch (RuntimeException e) {
      throw new AppFailure.Fault("The engine gives no output: " + EngineMessage.of(e), e);
    }
  }

  private static Map<String, String> environment(DockerClient docker, String id) {
    Map<String, String> environment = new LinkedHashMap<>();
    String[] variables = docker.inspectContainerCmd(id).exec().getConfig().getEnv();
    for (String variable : variables == null ? new String[0] : variables) {
      String[] parts = variable.split("=", 2);
      environment.put(parts[0], parts.length > 1 ? parts[1] : "");
    }
    return environment;
  }

  /** The container's variables, the image's own among them; values are secrets. */
  public Map<String, String> environment() {
    return environment;
  }

  /** The next piece; empty if nothing came within {@code limit}, or at the end. */
  public byte[] next(Duration limit) throws InterruptedException {
    if (ended) {
      return NOTHING;
    }
    byte[] piece = pieces.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (piece == END) {
      ended = true;
    }
    return piece == null ? NOTHING : piece;
  }

  /** Whether {@link #next} has given all there is. */
  public boolean isEnded() {
    return ended;
  }

  /** Whether the next piece is there. */
  public boolean hasNext() {
    return !pieces.isEmpty();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    reader.close();
  }

  private void put(byte[] piece) {
    try {
      boolean taken = false;
      while (!closed && !taken) {
        taken = pieces.offer(piece, 1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Reader extends ResultCallback.Adapter<Frame> {
    @Override
    public void onNext(Frame frame) {
      put(frame.getPayload());
    }

    @Override
    public void onError(Throwable error) {
      if (!closed) {
        String why = error instanceof RuntimeException e ? EngineMessage.of(e) : error.toString();
        put(("[the engine gives no more: " + why + "]\n").getBytes(StandardCharsets.UTF_8));
        put(END);
      }
      super.onError(error);
    }

    @Override
    public void onComplete() {
      put(END);
      super.onComplete();
    }
  }
}
