package io.skypanel.worker.redact;

import java.util.Arrays;

/**
 * The part of a text that is held back, and what of it is covered. Positions count from its
 * beginning, and so change when some of it is given away. For one thread.
 */
final class HeldText {
  private static final String MASK = "****";

  private final Intervals covered = new Intervals();
  private char[] text = new char[256];
  private int length;
  private int[] breaks = new int[8];
  private int breakCount;
  private boolean masking;
  private char before = '\n';

  /** Puts a part of {@code part} behind it. */
  void append(String part, int from, int to) {
    if (text.length < length + to - from) {
      text = Arrays.copyOf(text, Math.max(length + to - from, 2 * text.length));
    }
    part.getChars(from, to, text, length);
    length += to - from;
  }

  int length() {
    return length;
  }

  char[] chars() {
    return text;
  }

  /** The character at a position; the one before the beginning is known too. */
  char at(int position) {
    return position < 0 ? before : text[position];
  }

  boolean contains(char c) {
    for (int i = 0; i < length; i++) {
      if (text[i] == c) {
        return true;
      }
    }
    return false;
  }

  /** Notes a line break within what may be a secret. */
  void passOver(int position) {
    if (breakCount == breaks.length) {
      breaks = Arrays.copyOf(breaks, 2 * breakCount);
    }
    breaks[breakCount++] = position;
  }

  /**
   * So many characters before a position, line breaks that were passed over left out.
   *
   * @param position behind all of these
   */
  int back(int position, int chars) {
    if (breakCount == 0 || breaks[breakCount - 1] < position - chars) {
      return Math.max(0, position - chars);
    }
    int start = position - breakCount - chars; // without any break
    int low = 0;
    for (int high = breakCount; low < high; ) {
      int middle = (low + high) >>> 1;
      if (breaks[middle] - middle <= start) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Math.max(0, start + low);
  }

  void cover(int start, int end) {
    covered.add(start, end);
  }

  /** Gives what stands before {@code limit} away, with a mask for each run of what is covered. */
  void give(int limit, StringBuilder out) {
    int at = 0;
    for (int i = 0; i < covered.size() && covered.start(i) < limit; i++) {
      plain(at, covered.start(i), out);
      if (!masking) {
        out.append(MASK);
      }
      masking = true;
      at = Math.min(covered.end(i), limit);
    }
    plain(at, limit, out);
    forget(limit);
  }

  private void plain(int from, int to, StringBuilder out) {
    if (from < to) {
      out.append(text, from, to - from);
      masking = false;
    }
  }

  private void forget(int limit) {
    before = at(limit - 1);
    System.arraycopy(text, limit, text, 0, length - limit);
    length -= limit;
    covered.shift(limit);
    int kept = 0;
    for (int i = 0; i < breakCount; i++) {
      if (breaks[i] >= limit) {
        breaks[kept++] = breaks[i] - limit;
      }
    }
    breakCount = kept;
  }

  /** Another text begins. */
  void restart() {
    masking = false;
    before = '\n';
  }
}
