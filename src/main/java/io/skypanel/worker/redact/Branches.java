package io.skypanel.worker.redact;

/** A map of state and character to a state that is not 0. Open addressing, no boxes. */
final class Branches {
  private long[] keys = new long[64];
  private int[] values = new int[64];
  private int size;

  void put(int state, char c, int value) {
    if (2 * ++size > keys.length) {
      grow();
    }
    place(key(state, c), value);
  }

  /** 0 if there is none. */
  int get(int state, char c) {
    long key = key(state, c);
    int at = slot(key);
    while (values[at] != 0 && keys[at] != key) {
      at = at + 1 & keys.length - 1;
    }
    return values[at];
  }

  private void place(long key, int value) {
    int at = slot(key);
    while (values[at] != 0) {
      at = at + 1 & keys.length - 1;
    }
    keys[at] = key;
    values[at] = value;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != 0) {
        place(oldKeys[i], oldValues[i]);
      }
    }
  }

  private static long key(int state, char c) {
    return (long) state << 16 | c;
  }

  private int slot(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> 40) & keys.length - 1;
  }
}
