package io.skypanel.worker.apps;

import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a stage says. */
public final class RecordedProgress implements Progress {
  public final List<Phase> phases = new CopyOnWriteArrayList<>();
  public final List<String> lines = new CopyOnWriteArrayList<>();
  private final StringBuffer output = new StringBuffer();

  @Override
  public void entered(Phase phase) {
    phases.add(phase);
  }

  @Override
  public void line(Level level, String text) {
    lines.add(level + " " + text);
  }

  @Override
  public void output(String chunk) {
    output.append(chunk);
  }

  public String output() {
    return output.toString();
  }
}
