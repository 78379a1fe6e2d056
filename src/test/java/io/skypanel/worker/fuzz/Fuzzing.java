package io.skypanel.worker.fuzz;

import java.time.Duration;
import java.util.Random;
import java.util.function.Function;

/**
 * Tries random inputs for a while. A test class of the kind is named {@code …Fuzz} and tagged
 * {@code fuzz}; {@code bin/fuzz} runs them all. System properties: {@code fuzz.seconds} is how long
 * each takes (1 unless given), {@code fuzz.seed} makes it try the one input of that seed, which a
 * failure has named.
 */
public final class Fuzzing {
  private static final int SHOWN_CHARS = 4000;

  private Fuzzing() {}

  /** What must hold of an input: throws where it does not. */
  public interface Check<T> {
    void accept(T input) throws Exception;
  }

  /**
   * Tries inputs until the time is over or one fails.
   *
   * @param input makes one, out of nothing but the given numbers; its text is what a failure shows
   * @param check what must hold of each
   */
  public static <T> void run(Function<Random, T> input, Check<T> check) {
    Long given = Long.getLong("fuzz.seed");
    if (given != null) {
      one(given, input, check);
      return;
    }
    Random seeds = new Random();
    long limit = Duration.ofSeconds(Long.getLong("fuzz.seconds", 1)).toNanos();
    long start = System.nanoTime();
    long tried = 0;
    do {
      one(seeds.nextLong(), input, check);
      tried++;
    } while (System.nanoTime() - start < limit);
    String test = check.getClass().getSimpleName().replaceFirst("\\$\\$.*", "");
    System.out.printf("%s: %,d inputs, none failed%n", test, tried);
  }

  private static <T> void one(long seed, Function<Random, T> input, Check<T> check) {
    T tried = input.apply(new Random(seed));
    try {
      check.accept(tried);
    } catch (Exception | AssertionError | StackOverflowError e) {
      throw new AssertionError(
          "fails with -Dfuzz.seed=" + seed + " (" + e + ") for " + shown(String.valueOf(tried)), e);
    }
  }

  private static String shown(String input) {
    StringBuilder text = new StringBuilder();
    input
        .chars()
        .limit(SHOWN_CHARS)
        .forEach(
            c -> text.append(c >= ' ' && c < 127 ? "" + (char) c : String.format("\\u%04x", c)));
    return text + (input.length() > SHOWN_CHARS ? "…" : "");
  }
}
