package io.skypanel.worker.image;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Which files a build context leaves out, as Docker's command line decides it: patterns are
 * relative to the context's root, the last that matches wins, and one that matches a folder matches
 * all below. Immutable once it is {@link IgnoreFile read}.
 *
 * @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">Docker's own
 *     description</a>
 */
final class DockerIgnore {
  /** What is read for a byte that is no UTF-8; builders compare the byte. */
  private static final char BROKEN = '\ufffd';

  /** Far more than a file has that people write. */
  private static final int MAX_RULES = 1000;

  /** So many of a path are looked at in the time that a step of a match takes. */
  private static final int GLANCE_CHARS = 16;

  /** Skipped at the file's beginning, and by some readers at a pattern's. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** A pattern as it stands in the file, cleaned, and without its exclamation mark. */
  private record Rule(int number, boolean exception, GlobPattern pattern) {}

  /**
   * How a path fared; what is below it needs it.
   *
   * @param rule the number of the rule that decides, of it or a folder above it, or -1: what is
   *     below goes on from there. With more than one to choose from it is the first, if anything
   *     below may be sent
   * @param excluded whether it is left out
   * @param steps how much work that was
   */
  record Match(int rule, boolean excluded, long steps) {
    /** The context's root, which nothing matches. */
    static final Match ROOT = new Match(-1, false, 0);
  }

  /** Those with wildcards, the last first. */
  private final Deque<Rule> globs = new ArrayDeque<>();

  /** The last of those that are plain paths, by path. */
  private final Map<String, Rule> paths = new HashMap<>();

  private boolean keepsByWildcard;
  private boolean overruled;

  /** What exceptions name, with a slash behind it. */
  private final NavigableSet<String> kept = new TreeSet<>();

  private final List<Rule> rules = new ArrayList<>();

  /**
   * @param lines the file's lines
   * @throws IllegalArgumentException for a pattern that can't be read, or that builders read
   *     differently
   */
  DockerIgnore(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (i == 0 && line.startsWith(BYTE_ORDER_MARK)) {
        line = line.substring(1);
      }
      String trimmed = GoText.trim(line);
      if (line.startsWith("#") || trimmed.isEmpty()) {
        continue;
      }
      if (trimmed.indexOf(BROKEN) >= 0) {
        throw new IllegalArgumentException("line %d has a byte that is no UTF-8".formatted(i + 1));
      }
      add(trimmed);
    }
  }

  /**
   * How {@code path} fares.
   *
   * @param path below the context's root, with forward slashes
   * @param parent how the folder it is in fared
   */
  Match match(String path, Match parent) {
    Match last = lastMatch(path, parent);
    boolean entered = !last.excluded() || keepsByWildcard || mayKeepBelow(path);
    return entered && last.rule() != parent.rule() ? lastChange(path, parent, last.steps()) : last;
  }

  /**
   * The rule that changed last how a path fares: below a folder, builders go on from there, and do
   * not ask whether others match the folder too that say the same.
   *
   * @see <a href="https://github.com/moby/patternmatcher/blob/main/patternmatcher.go">{@code
   *     MatchesUsingParentResults}</a>
   */
  private Match lastChange(String path, Match parent, long stepsBefore) {
    int first = parent.rule();
    boolean excluded = parent.excluded();
    long steps = stepsBefore;
    for (Rule rule : rules.subList(parent.rule() + 1, rules.size())) {
      if (rule.exception() == excluded) {
        steps += 1 + path.length() / GLANCE_CHARS;
        if (rule.pattern().mayMatch(path)) {
          steps += (long) path.length() * rule.pattern().tokens();
          if (rule.pattern().matches(path)) {
            excluded = !excluded;
            first = rule.number();
          }
        }
      }
    }
    return new Match(first, excluded, steps);
  }

  private Match lastMatch(String path, Match parent) {
    Rule literal = paths.get(path);
    Match found =
        literal == null || literal.number() < parent.rule()
            ? new Match(parent.rule(), parent.excluded(), 0)
            : new Match(literal.number(), !literal.exception(), 0);
    long steps = 0;
    for (Rule rule : globs) {
      if (rule.number() <= found.rule()) {
        break;
      }
      steps += 1 + path.length() / GLANCE_CHARS;
      if (rule.pattern().mayMatch(path)) {
        steps += (long) path.length() * rule.pattern().tokens();
        if (rule.pattern().matches(path)) {
          return new Match(rule.number(), !rule.exception(), steps);
        }
      }
    }
    return new Match(found.rule(), found.excluded(), steps);
  }

  /**
   * Whether something below an excluded folder may be wanted after all. As with Docker's command
   * line an exception must name the folder to reach into it: {@code !**&#47;keep} does not, see
   * {@link #keepsByWildcard}.
   */
  boolean mayKeepBelow(String folder) {
    String next = kept.ceiling(folder + "/");
    return next != null && next.startsWith(folder + "/");
  }

  /** Whether an exception may match in any folder. */
  boolean keepsByWildcard() {
    return keepsByWildcard;
  }

  /** Whether a file is sent though the rules leave it out. */
  boolean isOverruled() {
    return overruled;
  }

  /** Has a file sent whatever the rules say. */
  void keep(String path) {
    Match match = Match.ROOT;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      match = match(path.substring(0, slash), match);
    }
    if (match(path, match).excluded()) {
      overruled = true;
      add(path, true, GlobPattern.ofPath(path));
    }
  }

  private void add(String line) {
    boolean exception = line.startsWith("!");
    String text = clean(exception ? GoText.trim(line.substring(1)) : line);
    if (exception && text.equals(".")) {
      throw new IllegalArgumentException("illegal exclusion pattern '" + line + "'");
    }
    if (!exception && text.startsWith("!")
        || !GoText.trim(text).equals(text)
        || text.startsWith(BYTE_ORDER_MARK)) {
      throw GlobPattern.differently(line);
    }
    if (rules.size() == MAX_RULES) {
      throw new IllegalArgumentException(
          "it has more than " + MAX_RULES + " rules; name folders instead of files");
    }
    add(text, exception, new GlobPattern(text));
  }

  private void add(String text, boolean exception, GlobPattern pattern) {
    Rule rule = new Rule(rules.size(), exception, pattern);
    rules.add(rule);
    if (pattern.literal().isPresent()) {
      paths.put(text, rule);
    } else {
      globs.addFirst(rule);
    }
    if (exception) {
      kept.add(text + "/");
      keepsByWildcard |= pattern.literal().isEmpty();
    }
  }

  /** As Go's {@code filepath.Clean} does, and without the leading slash. */
  private static String clean(String pattern) {
    boolean rooted = pattern.startsWith("/");
    Deque<String> parts = new ArrayDeque<>();
    for (String part : pattern.split("/")) {
      if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (part.equals("..") ? !rooted : !part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return parts.isEmpty() ? rooted ? "/" : "." : String.join("/", parts);
  }
}
