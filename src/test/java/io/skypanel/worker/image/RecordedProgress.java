package io.skypanel.worker.image;

import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps what a stage said. */
final class RecordedProgress implements Progress {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private volatile Consumer<String> hook = text -> {};
  private final StringBuffer output = new StringBuffer();

  @Override
  public void entered(Phase phase) {
    lines.add(phase.name());
  }

  @Override
  public void line(Level level, String text) {
    lines.add(level + " " + text);
    hook.accept(text);
  }

  /** Runs while the stage says a line, on its thread. */
  void onLine(Consumer<String> action) {
    hook = action;
  }

  @Override
  public void output(String chunk) {
    output.append(chunk);
  }

  List<String> lines() {
    return lines;
  }

  String output() {
    return output.toString();
  }
}
