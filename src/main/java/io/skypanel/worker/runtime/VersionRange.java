package io.skypanel.worker.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which versions somebody accepts, as npm, Composer, PEP 440, Poetry and RubyGems write it.
 * Immutable. Only the first three numbers count.
 */
final class VersionRange {
  private static final int PARTS = 3;
  private static final int MAX_LENGTH = 200;
  private static final String NUMBER = "[vV=]?([0-9]{1,6}(?:\\.(?:[0-9]{1,6}|[xX*]))*)(?![0-9])";
  private static final Pattern HYPHEN = Pattern.compile(NUMBER + "\\s+-\\s+" + NUMBER);
  private static final Pattern TERM =
      Pattern.compile(
          "(\\^|~=|~>|~|>=|<=|>|<|===?|!=|=)?\\s*" + NUMBER + "(?:[-+_@a-zA-Z][\\w.+-]*)?");
  private static final Pattern ANY =
      Pattern.compile("[*xX]|latest|current|stable|node|lts|lts/\\*|lts/-\\d+|system");

  /** Versions from one on up to another, which is left out. */
  private record Interval(int[] from, int[] to) {
    boolean meets(Interval other) {
      return Arrays.compare(from, other.to) < 0 && Arrays.compare(other.from, to) < 0;
    }

    Interval and(Interval other) {
      return new Interval(
          Arrays.compare(from, other.from) >= 0 ? from : other.from,
          Arrays.compare(to, other.to) <= 0 ? to : other.to);
    }
  }

  private static final Interval ALL =
      new Interval(new int[PARTS], new int[] {Integer.MAX_VALUE, 0, 0});

  private final List<Interval> intervals;

  private VersionRange(List<Interval> intervals) {
    this.intervals = intervals;
  }

  /** Reads one; empty if it is written in no known way. */
  static Optional<VersionRange> parse(String text) {
    String range = text.strip();
    if (ANY.matcher(range).matches()) {
      return Optional.of(new VersionRange(List.of(ALL)));
    }
    if (range.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    List<Interval> intervals = new ArrayList<>();
    for (String part : range.split("\\|\\|?", -1)) {
      Optional<Interval> interval = conjunction(part.strip());
      if (interval.isEmpty()) {
        return Optional.empty();
      }
      intervals.add(interval.get());
    }
    return Optional.of(new VersionRange(intervals));
  }

  /** Versions from this one on. */
  static Optional<VersionRange> from(String version) {
    return parse(">=" + version);
  }

  /** Whether some release of this version is accepted: of {@code 22}, any 22.x.y. */
  boolean meets(String version) {
    Interval releases = exactly(numbers(version), length(version));
    return intervals.stream().anyMatch(releases::meets);
  }

  private static Optional<Interval> conjunction(String text) {
    Matcher hyphen = HYPHEN.matcher(text);
    if (hyphen.matches()) {
      Interval from = exactly(numbers(hyphen.group(1)), length(hyphen.group(1)));
      Interval to = exactly(numbers(hyphen.group(2)), length(hyphen.group(2)));
      return Optional.of(new Interval(from.from(), to.to()));
    }
    Interval all = ALL;
    Matcher term = TERM.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!term.find(at) || term.start() != at) {
        return Optional.empty();
      }
      all = all.and(interval(term.group(1) == null ? "" : term.group(1), term.group(2)));
      at = term.end();
      while (at < text.length() && ", \t".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  private static Interval interval(String operator, String version) {
    int[] numbers = numbers(version);
    int length = length(version);
    Interval exact = exactly(numbers, length);
    return switch (operator) {
      case ">=" -> new Interval(numbers, ALL.to());
      case ">" -> new Interval(exact.to(), ALL.to());
      case "<" -> new Interval(ALL.from(), numbers);
      case "<=" -> new Interval(ALL.from(), exact.to());
      case "!=" -> ALL;
      case "^" -> new Interval(numbers, exactly(numbers, numbers[0] > 0 ? 1 : 2).to());
      case "~" -> new Interval(numbers, exactly(numbers, Math.min(length, 2)).to());
      // of PEP 440 and RubyGems: the last number that is given may rise
      case "~=", "~>" -> new Interval(numbers, exactly(numbers, Math.max(length - 1, 1)).to());
      default -> exact;
    };
  }

  /** All that begin with these numbers. */
  private static Interval exactly(int[] numbers, int length) {
    if (length == 0) {
      return ALL;
    }
    int[] next = new int[PARTS];
    System.arraycopy(numbers, 0, next, 0, length);
    next[length - 1]++;
    return new Interval(numbers, next);
  }

  private static int[] numbers(String version) {
    int[] numbers = new int[PARTS];
    String[] parts = version.split("\\.");
    for (int i = 0; i < length(version); i++) {
      numbers[i] = Integer.parseInt(parts[i]);
    }
    return numbers;
  }

  /** How many numbers a version has before the first that may be any. */
  private static int length(String version) {
    String[] parts = version.split("\\.");
    int length = 0;
    while (length < Math.min(parts.length, PARTS) && Character.isDigit(parts[length].charAt(0))) {
      length++;
    }
    return length;
  }
}
