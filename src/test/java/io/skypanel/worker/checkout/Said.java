package io.skypanel.worker.checkout;

import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps all that a stage says, in its order.
 *
 * @param all phases, lines and output
 */
record Said(List<String> all) implements Progress {
  Said() {
    this(new CopyOnWriteArrayList<>());
  }

  @Override
  public void entered(Phase phase) {
    all.add(phase.name());
  }

  @Override
  public void line(Level level, String text) {
    all.add(text);
  }

  @Override
  public void output(String chunk) {
    all.add(chunk);
  }
}
