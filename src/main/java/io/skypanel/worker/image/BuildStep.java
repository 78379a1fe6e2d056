package io.skypanel.worker.image;

import java.util.regex.Pattern;

/**
 * An instruction of the Dockerfile, as a builder names it.
 *
 * @param number counted from 1; 0 where the builder does not say
 * @param of how many there are in its stage, or in the file with the classic builder
 * @param instruction as it stands in the Dockerfile, continued lines joined
 */
record BuildStep(int number, int of, String instruction) {
  private static final Pattern FROM = Pattern.compile("(?i)FROM\\s");

  /** One whose number is not known. */
  static BuildStep unnumbered(String instruction) {
    return new BuildStep(0, 0, instruction);
  }

  boolean isFrom() {
    return FROM.matcher(instruction).lookingAt();
  }

  /** {@code (step 2/5)} with a space before it, or nothing. */
  String where() {
    return number == 0 ? "" : " (step " + number + "/" + of + ")";
  }
}
