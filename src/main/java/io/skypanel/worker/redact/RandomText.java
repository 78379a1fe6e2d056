package io.skypanel.worker.redact;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds what looks random in a value. */
final class RandomText {
  private static final Pattern SEPARATORS = Pattern.compile("[\\s\"'<>(){}\\[\\],;&?=@|\\\\`]+");
  private static final Pattern PATH_SEPARATORS = Pattern.compile("[/:.]+");

  /** What joins the parts of a token, each of which may be of base64 for URLs. */
  private static final Pattern JOINTS = Pattern.compile("[.:]");

  private static final Pattern ALL_JOINTS = Pattern.compile("[-_.:]");
  private static final Pattern JOINTS_OF_NAMES = Pattern.compile("[-_.:/+~@^]");

  private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/_-]+={0,2}");

  /** No path, though it may begin with a slash. */
  private static final Pattern BASE64 =
      Pattern.compile("(?=[^+]*\\+|[^=]*=)[A-Za-z0-9+/]{20,}={0,2}");

  private RandomText() {}

  /** What looks random in a value: between spaces, quotes and the like, and in parts of a path. */
  static List<String> in(String value) {
    List<String> found = new ArrayList<>();
    String whole = value.strip();
    if (isToken(whole) && isRandom(whole)) {
      found.add(whole);
      return found;
    }
    for (String part : SEPARATORS.split(value)) {
      if (isPath(part)) {
        PATH_SEPARATORS.splitAsStream(part).filter(RandomText::isRandom).forEach(found::add);
      } else if (isRandom(part)) {
        found.add(part);
      }
    }
    return found;
  }

  /** Neither text nor path, so that what separates parts may be part of a password. */
  private static boolean isToken(String value) {
    return !isPath(value)
        && (value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '@' || c == '=')
            || ENCODED.matcher(value).matches());
  }

  private static boolean isPath(String text) {
    return (text.startsWith("/") || text.startsWith("./") || text.contains("://"))
        && !BASE64.matcher(text).matches();
  }

  /** Whether it looks so as a whole or in one of its parts; of a name, in one of its parts. */
  static boolean isRandom(String text) {
    if (text.length() < Randomness.SHORTEST || ReadableNames.isPlain(text)) {
      return false;
    }
    if (ReadableNames.mayHoldHash(text)) {
      return isRandomIn(JOINTS_OF_NAMES, text);
    }
    return Randomness.isIn(text) || isRandomIn(JOINTS, text) || isRandomIn(ALL_JOINTS, text);
  }

  private static boolean isRandomIn(Pattern joints, String text) {
    return joints.splitAsStream(text).anyMatch(Randomness::isIn);
  }
}
