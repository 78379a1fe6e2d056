package io.skypanel.worker.redact;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Tells whether a text of 16 characters or more looks random.
 *
 * <p>By its changes between capitals, small letters, digits and symbols: in hex every second
 * character is one, in base64 two of five, in names and versions few. Words begin with a capital,
 * so neither {@code Ab} nor {@code aBc} is a change.
 *
 * <p>Where nothing separates words, by those too. Of small letters and capitals, more than half of
 * what people write stands in words of four letters and more. Of letters of one case with digits,
 * or capitals alone, more than three consonants in a row count like changes. Small letters alone
 * are taken for words.
 */
final class Randomness {
  static final int SHORTEST = 16;
  private static final int LEAST_CHANGES = 4;
  private static final int CHARS_PER_CHANGE = 5;

  /** Of letters of one case, where consonants count too. */
  private static final int LEAST_ODDITIES = 3;

  private static final int CHARS_PER_ODDITY = 6;

  /** So many consonants in a row are no oddity. */
  private static final int CONSONANTS = 3;

  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+={0,2}");
  private static final Pattern SMALL_AND_CAPITALS =
      Pattern.compile("(?=.*[a-z])[^A-Z]*[A-Z][^A-Z]*[A-Z].*");
  private static final Pattern DIGIT = Pattern.compile("[0-9]");
  private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]{3,}");
  private static final Pattern VOWEL = Pattern.compile("(?i)[aeiouy]");
  private static final Pattern ONE_CASE = Pattern.compile("(?=.*[0-9])[a-z0-9]+|[A-Z0-9]+");
  private static final Pattern CONSONANTS_IN_A_ROW =
      Pattern.compile("[b-df-hj-np-tvwxz]{4,}|[B-DF-HJ-NP-TVWXZ]{4,}");

  private Randomness() {}

  static boolean isIn(String text) {
    if (text.length() < SHORTEST) {
      return false;
    }
    int changes = Changes.in(text);
    return changes >= LEAST_CHANGES && changes * CHARS_PER_CHANGE >= Changes.places(text)
        || isOfFewWords(text)
        || isOfOneCaseAndOdd(text, changes);
  }

  /** A slash separates words as well, so it takes digits to tell base64 from a path. */
  private static boolean isOfFewWords(String text) {
    return BASE64.matcher(text).matches()
        && SMALL_AND_CAPITALS.matcher(text).matches()
        && (text.indexOf('/') < 0 || DIGIT.matcher(text).find())
        && lettersOfWords(text) * 2 <= text.length();
  }

  private static boolean isOfOneCaseAndOdd(String text, int changes) {
    if (!ONE_CASE.matcher(text).matches()) {
      return false;
    }
    int crowded =
        CONSONANTS_IN_A_ROW
            .matcher(text)
            .results()
            .mapToInt(row -> row.group().length() - CONSONANTS)
            .sum();
    int oddities = changes + crowded;
    return oddities >= LEAST_ODDITIES && oddities * CHARS_PER_ODDITY >= text.length() - 1;
  }

  private static int lettersOfWords(String text) {
    return WORD.matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(word -> VOWEL.matcher(word).find())
        .mapToInt(String::length)
        .sum();
  }
}
