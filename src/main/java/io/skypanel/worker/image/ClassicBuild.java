package io.skypanel.worker.image;

import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import io.skypanel.worker.job.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** One running build of the engine's: its output, its error, and breaking it off. Thread-safe. */
final class ClassicBuild extends ResultCallbackTemplate<ClassicBuild, BuildResponseItem> {
  private final Progress progress;
  private final ClassicOutput output;
  private volatile boolean aborted;
  private volatile boolean succeeded;
  private volatile EngineError error;
  private volatile Throwable thrown;

  ClassicBuild(Progress progress, ClassicOutput output) {
    this.progress = progress;
    this.output = output;
  }

  @Override
  public void onStart(Closeable connection) {
    super.onStart(connection);
    if (aborted) {
      // stopped between sending the context and the engine's first word
      close(connection);
    }
  }

  @Override
  public void onNext(BuildResponseItem item) {
    ResponseItem.ErrorDetail detail = item.getErrorDetail();
    if (detail != null) {
      error =
          new EngineError(
              Optional.ofNullable(detail.getCode()),
              Optional.ofNullable(detail.getMessage()).orElse("no reason given"));
    } else if (item.getStream() != null) {
      output.accept(item.getStream());
      succeeded |= item.isBuildSuccessIndicated();
      progress.output(item.getStream());
    } else if (item.getStatus() != null) {
      pulled(item);
    }
  }

  /** Kept and not logged, as the base class would: a mistake in a Dockerfile is no news here. */
  @Override
  public void onError(Throwable throwable) {
    if (!aborted) {
      thrown = throwable;
    }
    close(this);
  }

  /** Closes the connection, by which the engine ends the build. */
  void abort() {
    aborted = true;
    close(this);
  }

  /** What the connection or the engine threw; empty for a build that was broken off here. */
  Optional<Throwable> thrown() {
    return Optional.ofNullable(thrown);
  }

  Optional<EngineError> error() {
    return Optional.ofNullable(error);
  }

  /** Whether the engine came to the end of the Dockerfile. */
  boolean succeeded() {
    return succeeded && error == null;
  }

  /** A base image that is being pulled: its bars, many a second and layer, are left out. */
  private void pulled(BuildResponseItem item) {
    if (item.getProgressDetail() == null || item.getProgressDetail().getTotal() == null) {
      String layer = item.getId() == null ? "" : item.getId() + ": ";
      progress.output(layer + item.getStatus() + "\n");
    }
  }

  private static void close(Closeable connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // it is broken already, which is as good
    }
  }
}
