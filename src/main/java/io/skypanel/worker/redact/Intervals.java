package io.skypanel.worker.redact;

import java.util.Arrays;

/** Which parts of a text are covered: from the first to the last, apart from each other. */
final class Intervals {
  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private int size;

  /**
   * Covers from {@code start} to before {@code end}, and from there on to whatever was covered
   * behind it already.
   */
  void add(int start, int end) {
    int last = size - 1;
    if (last >= 0 && starts[last] <= start && ends[last] >= start) {
      ends[last] = Math.max(ends[last], end);
      return;
    }
    int from = start;
    int to = end;
    while (size > 0 && ends[size - 1] >= from) {
      to = Math.max(to, ends[--size]);
      from = Math.min(from, starts[size]);
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
    }
    starts[size] = from;
    ends[size++] = to;
  }

  int size() {
    return size;
  }

  int start(int index) {
    return starts[index];
  }

  int end(int index) {
    return ends[index];
  }

  /** Forgets what is before {@code position}, which is 0 from then on. */
  void shift(int position) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (ends[i] > position) {
        starts[kept] = Math.max(0, starts[i] - position);
        ends[kept++] = ends[i] - position;
      }
    }
    size = kept;
  }
}
