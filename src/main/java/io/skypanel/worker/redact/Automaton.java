package io.skypanel.worker.redact;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Finds any of many patterns in a text by one look at each character (Aho and Corasick, 1975). A
 * state is how much of which pattern the text ends with, so whoever keeps it can go on with the
 * next part of the text. A state takes 11 bytes: nearly all have one follower, which is their
 * neighbour. Immutable.
 *
 * <p>{@code -} and {@code +}, {@code _} and {@code /} are one to it: base64 has either.
 */
final class Automaton {
  /** What a pattern may have; see {@link #flags}. */
  static final int MAX_PATTERN = 1024;

  /**
   * Characters below it are looked up in rows. There may be tens of thousands beyond it, for which
   * rows would take half a KiB each.
   */
  private static final int NARROW = 128;

  private static final char STOP = '\uffff';
  private static final char[] FOLDED = new char[NARROW];

  static {
    for (char c = 0; c < NARROW; c++) {
      FOLDED[c] = c == '-' ? '+' : c == '_' ? '/' : c;
    }
  }

  /** The last of the states that stand for one of the narrow characters, which have a row each. */
  private final int shallow;

  private final int[] rows;
  private final char[] labels;

  /** Where to go on if no follower fits; inverted if there are followers beside the neighbour. */
  private final int[] fails;

  private final short[] depths;
  private final byte[] flags;

  /**
   * How long the longest secret is that ends in this state; whatever else ends there lies in it.
   */
  private final short[] secrets;

  private final Branches branches = new Branches();

  /**
   * @param patterns each {@link #fold folded}, with its flags, which make a positive byte
   */
  Automaton(SortedMap<String, Integer> patterns) {
    Set<String> texts = patterns.keySet();
    shallow = (int) texts.stream().map(t -> t.charAt(0)).filter(c -> c < NARROW).distinct().count();
    int room = shallow + 2 + room(texts);
    labels = new char[room];
    fails = new int[room];
    depths = new short[room];
    flags = new byte[room];
    secrets = new short[room];
    rows = new int[(shallow + 1) * NARROW];
    int[] parents = new int[room];
    int states = grow(patterns, parents);
    link(byDepth(states), parents);
  }

  static char fold(char c) {
    return c < NARROW ? FOLDED[c] : c == STOP ? '\ufffe' : c;
  }

  /** A text as the automaton sees it. */
  static String fold(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = fold(chars[i]);
    }
    return new String(chars);
  }

  /** How many states there are, and one that is nobody's neighbour behind each pattern's. */
  private static int room(Set<String> texts) {
    int room = 0;
    String last = "";
    for (String text : texts) {
      room +=
          text.length() + 1 - Math.max(0, Arrays.mismatch(text.toCharArray(), last.toCharArray()));
      last = text;
    }
    return room;
  }

  /** Makes the tree of the patterns, and gives how many states there are. */
  private int grow(SortedMap<String, Integer> patterns, int[] parents) {
    Arrays.fill(labels, STOP);
    int[] path = new int[MAX_PATTERN + 1];
    int shallows = 0;
    int states = shallow + 1;
    String last = "";
    for (Map.Entry<String, Integer> pattern : patterns.entrySet()) {
      String text = pattern.getKey();
      int common = Arrays.mismatch(text.toCharArray(), last.toCharArray());
      for (int depth = Math.max(0, common); depth < text.length(); depth++) {
        int parent = path[depth];
        boolean isNeighbour = parent > shallow && depth > common;
        char c = text.charAt(depth);
        int state = depth == 0 && c < NARROW ? ++shallows : states++;
        if (!isNeighbour) {
          follow(parent, c, state);
        }
        labels[state] = c;
        depths[state] = (short) (depth + 1);
        parents[state] = parent;
        path[depth + 1] = state;
      }
      end(path[text.length()], pattern.getValue());
      states++; // what follows the pattern's end is nobody's neighbour
      last = text;
    }
    return states;
  }

  private void end(int state, int mark) {
    flags[state] = (byte) mark;
    secrets[state] = (mark & Patterns.SECRET) == 0 ? 0 : depths[state];
  }

  private void follow(int parent, char c, int state) {
    if (parent <= shallow && c < NARROW) {
      rows[parent * NARROW + c] = state;
    } else {
      branches.put(parent, c, state);
      fails[parent] = parent > shallow ? ~0 : 0;
    }
  }

  private int[] byDepth(int states) {
    int[] at = new int[MAX_PATTERN + 2];
    for (int state = 1; state < states; state++) {
      at[depths[state] + 1]++;
    }
    for (int depth = 1; depth < at.length; depth++) {
      at[depth] += at[depth - 1];
    }
    int[] ordered = new int[states - 1];
    for (int state = 1; state < states; state++) {
      ordered[at[depths[state]]++] = state;
    }
    return ordered;
  }

  private void link(int[] ordered, int[] parents) {
    for (int state = 1; state <= shallow; state++) {
      for (int c = 0; c < NARROW; c++) {
        int at = state * NARROW + c;
        rows[at] = rows[at] == 0 ? rows[c] : rows[at];
      }
    }
    for (int state : ordered) {
      if (depths[state] > 1) {
        int fail = next(fail(parents[state]), labels[state]);
        fails[state] = fails[state] < 0 ? ~fail : fail;
        flags[state] |= flags[fail];
        secrets[state] = secrets[state] == 0 ? secrets[fail] : secrets[state];
      }
    }
  }

  /** The state after one more character, which must be folded. */
  int next(int from, char folded) {
    int state = from;
    while (state > shallow) {
      if (labels[state + 1] == folded) {
        return state + 1;
      }
      int fail = fails[state];
      if (fail < 0) {
        int branch = branches.get(state, folded);
        if (branch != 0) {
          return branch;
        }
        fail = ~fail;
      }
      state = fail;
    }
    return folded < NARROW ? rows[state * NARROW + folded] : wide(state, folded);
  }

  private int wide(int state, char folded) {
    int branch = branches.get(state, folded);
    return branch == 0 && state != 0 ? branches.get(0, folded) : branch;
  }

  /**
   * Goes on until the text is over, a pattern ends, or a line break comes next; by one character at
   * least.
   *
   * @return the position behind what was read in the upper half, the state in the lower
   */
  long scan(char[] text, int from, int to, int start) {
    char[] label = labels;
    int[] row = rows;
    byte[] mark = flags;
    int state = start;
    int i = from;
    do {
      char c = fold(text[i++]);
      if (state > shallow && label[state + 1] == c) {
        state++;
      } else if (state <= shallow && c < NARROW) {
        state = row[(state << 7) | c];
      } else {
        state = next(state, c);
      }
    } while (mark[state] == 0 && i < to && text[i] != '\n' && text[i] != '\r');
    return (long) i << 32 | state;
  }

  /** The flags of all patterns that end in this state; 0: none does. */
  int flags(int state) {
    return flags[state];
  }

  /** How many characters the longest secret has that ends in this state; 0: none does. */
  int secret(int state) {
    return secrets[state];
  }

  /** How many characters of the text the state stands for. */
  int depth(int state) {
    return depths[state];
  }

  /** The state of the next shorter end of the text. */
  private int fail(int state) {
    int fail = fails[state];
    return fail < 0 ? ~fail : fail;
  }

  /** The longest end of the text by which a pattern can still go on. */
  int open(int from) {
    int state = from;
    while (state > shallow && labels[state + 1] == STOP && fails[state] >= 0) {
      state = fails[state];
    }
    return state;
  }
}
