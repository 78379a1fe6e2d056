package io.skypanel.worker.redact;

/**
 * Masks a text that comes in parts, which may end anywhere: what comes out is the same however it
 * was cut. Each run of secret characters becomes {@code ****}.
 *
 * <p>What may be the beginning of a secret is held back, a few KiB at most. A line's end lets it
 * go, unless {@value #WRAPPED} characters of a secret or more stand before it: then the secret may
 * have been wrapped there, and the next line says. For one thread.
 */
public final class MaskedStream {
  /** By so many characters it is believed that a secret goes on in the next line. */
  static final int WRAPPED = 8;

  /** A PEM block that has no end by then is none; a key of 16384 bits has 13,000 characters. */
  static final int PEM_CHARS = 64 << 10;

  /** A longer user name and password in a URL are not found. */
  static final int USER_INFO_CHARS = 4096;

  private static final int AT_ONCE = 8 << 10;
  private static final int DASHES = 5;

  private final Automaton automaton;
  private final int shortest;
  private final HeldText held = new HeldText();
  private int read;
  private int state;
  private Within within = Within.TEXT;
  private int userInfo;
  private int lastAt;
  private int pemChars;
  private int dashes;

  /** What the text is in the midst of. */
  private enum Within {
    TEXT,
    AUTHORITY,
    PEM,
    PEM_END,
    LONG_LINE,
    LONG_BASE64
  }

  /**
   * @param shortest what is found in fewer characters is not covered
   */
  MaskedStream(Automaton automaton, int shortest) {
    this.automaton = automaton;
    this.shortest = shortest;
  }

  /** Takes the next part; gives what is certain now. */
  public String write(String part) {
    StringBuilder out = new StringBuilder(part.length() + 8);
    for (int from = 0; from < part.length(); from += AT_ONCE) {
      held.append(part, from, Math.min(part.length(), from + AT_ONCE));
      read();
      state = automaton.open(state);
      give(certain(), out);
    }
    return out.toString();
  }

  /** Whether something is held back although its line has ended. */
  public boolean holdsLine() {
    return held.contains('\n');
  }

  /**
   * Gives what is held back, for something else to come after it. If it was the beginning of a
   * secret after all, at least the rest will be masked.
   */
  public String release() {
    StringBuilder out = new StringBuilder();
    coverUserInfo();
    give(held.length(), out);
    return out.toString();
  }

  /** Gives what is held back, at the text's end; another may begin. */
  public String end() {
    String rest = release();
    state = 0;
    within = Within.TEXT;
    held.restart();
    return rest;
  }

  private void give(int limit, StringBuilder out) {
    held.give(limit, out);
    read -= limit;
    userInfo = Math.max(0, userInfo - limit);
    lastAt = Math.max(-1, lastAt - limit);
  }

  /** Up to where nothing can be part of a secret that has not ended. */
  private int certain() {
    int certain = held.back(read, automaton.depth(state));
    return within == Within.AUTHORITY ? Math.min(certain, userInfo) : certain;
  }

  private void read() {
    while (read < held.length()) {
      char c = held.at(read);
      if (within == Within.TEXT && !isBreak(c)) {
        long at = automaton.scan(held.chars(), read, held.length(), state);
        read = (int) (at >>> 32);
        state = (int) at;
      } else if (isBreak(c) && mayBeWrapped(c)) {
        held.passOver(read++);
        advance(c);
        continue;
      } else {
        read++;
        advance(c);
        state = automaton.next(state, Automaton.fold(c));
      }
      if (automaton.flags(state) != 0) {
        found();
      }
    }
  }

  private static boolean isBreak(char c) {
    return c == '\n' || c == '\r';
  }

  /** One line break is passed over in a secret, not two. */
  private boolean mayBeWrapped(char c) {
    state = automaton.open(state);
    char last = held.at(read - 1);
    return automaton.depth(state) >= WRAPPED && last != '\n' && (c == '\n' || last != '\r');
  }

  /** One look, however many patterns end here: the longest secret covers the others. */
  private void found() {
    int flags = automaton.flags(state);
    int secret = automaton.secret(state);
    if (secret >= shortest) {
      held.cover(held.back(read, secret), read);
    }
    if (flags != Patterns.SECRET) {
      begin(flags);
    }
  }

  /** What begins or ends with a mark that is no secret by itself. */
  private void begin(int flags) {
    boolean inPem = within == Within.PEM || within == Within.PEM_END;
    if ((flags & Patterns.PEM_BEGIN) != 0 && !inPem) {
      enter(Within.PEM);
      pemChars = 0;
    } else if ((flags & Patterns.PEM_END) != 0 && within == Within.PEM) {
      within = Within.PEM_END;
      dashes = 0;
    } else if ((flags & Patterns.LONG_BASE64) != 0 && !inPem) {
      enter(Within.LONG_BASE64);
    } else if ((flags & Patterns.LONG_LINE) != 0 && !inPem) {
      enter(Within.LONG_LINE);
    } else if ((flags & Patterns.URL) != 0
        && (within == Within.TEXT || within == Within.AUTHORITY)
        && isUrl()) {
      within = Within.AUTHORITY;
      userInfo = read;
      lastAt = -1;
    }
  }

  private void enter(Within next) {
    coverUserInfo();
    within = next;
  }

  private void coverUserInfo() {
    if (within == Within.AUTHORITY && lastAt >= 0) {
      held.cover(userInfo, lastAt);
    }
  }

  /** To the automaton {@code _} is {@code /}. */
  private boolean isUrl() {
    return held.at(read - 1) == '/' && "/\\".indexOf(held.at(read - 2)) >= 0;
  }

  /** What a character does to what the text is in the midst of. */
  private void advance(char c) {
    switch (within) {
      case TEXT -> {}
      case AUTHORITY -> advanceAuthority(c);
      case PEM, PEM_END -> advancePem(c);
      case LONG_LINE -> coverUnless(isBreak(c));
      case LONG_BASE64 -> coverUnless(!isBreak(c) && !isBase64(c));
    }
  }

  private void coverUnless(boolean over) {
    if (over) {
      within = Within.TEXT;
    } else {
      held.cover(read - 1, read);
    }
  }

  private void advanceAuthority(char c) {
    if (c == '@') {
      lastAt = read - 1;
    } else if (c <= ' ' || "/\\\"<>`".indexOf(c) >= 0 || read - userInfo > USER_INFO_CHARS) {
      enter(Within.TEXT);
    }
  }

  private void advancePem(char c) {
    boolean overlong = ++pemChars > PEM_CHARS;
    boolean endsLine = within == Within.PEM_END && isBreak(c);
    coverUnless(overlong || endsLine);
    if (within == Within.PEM_END) {
      dashes = c == '-' ? dashes + 1 : 0;
      within = dashes == DASHES ? Within.TEXT : within;
    }
  }

  private static boolean isBase64(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '/' && c <= '9'
        || "+-_=".indexOf(c) >= 0;
  }
}
