package io.skypanel.worker.bench;

import io.skypanel.worker.report.LinesSpeed;
import java.util.ArrayList;
import java.util.List;

/** A build's output, through redaction to the spool on disk, by the launcher's options. */
final class ManyLines implements Growth {
  @Override
  public String id() {
    return "lines";
  }

  @Override
  public List<Series> run(boolean quick) throws Exception {
    List<Series.Point> speed = new ArrayList<>();
    List<Series.Point> heap = new ArrayList<>();
    for (int lines : quick ? new int[] {100_000} : new int[] {10_000, 100_000, 1_000_000}) {
      LinesSpeed.Figures figures = LinesSpeed.inOwnProcess(lines);
      speed.add(new Series.Point(lines, figures.linesPerSecond()));
      heap.add(new Series.Point(lines, figures.heapMegabytes()));
    }
    String work = "lines of a build's output, with 20 secrets";
    return List.of(
        new Series("lines-speed", work, "lines a second, at least", speed, 100_000),
        new Series("lines-heap", work, "heap in use afterwards, MB", heap, Double.NaN));
  }
}
