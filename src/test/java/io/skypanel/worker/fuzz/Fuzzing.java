package io.skypanel.worker.fuzz;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tries random inputs for a while. A test class of the kind is named {@code …Fuzz} and tagged
 * {@code fuzz}; {@code bin/fuzz} runs them all. System properties: {@code fuzz.seconds} is how long
 * each takes (1 unless given), {@code fuzz.seed} makes it try the one input of that seed, which a
 * failure has named; one that takes minutes, and perhaps never ends, is named while it runs.
 */
public final class Fuzzing {
  private static final int SHOWN_CHARS = 4000;

  private static final Duration LONG = Duration.ofMinutes(1);

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
    run(input, check, LONG, System.err::println);
  }

  /** The same, which is told of an input that takes longer than that. */
  static <T> void run(
      Function<Random, T> input, Check<T> check, Duration patience, Consumer<String> told) {
    Long given = Long.getLong("fuzz.seed");
    if (given != null) {
      one(given, input, check);
      return;
    }
    Random seeds = new Random();
    long limit = Duration.ofSeconds(Long.getLong("fuzz.seconds", 1)).toNanos();
    long start = System.nanoTime();
    long tried = 0;
    try (Watch watch = new Watch(patience, told)) {
      do {
        long seed = seeds.nextLong();
        watch.begins(seed);
        one(seed, input, check);
        tried++;
      } while (System.nanoTime() - start < limit);
    }
    String test = check.getClass().getSimpleName().replaceFirst("\\$\\$.*", "");
    System.out.printf("%s: %,d inputs, none failed%n", test, tried);
  }

  private static <T> void one(long seed, Function<Random, T> input, Check<T> check) {
    T tried = null;
    try {
      tried = input.apply(new Random(seed));
      check.accept(tried);
    } catch (Throwable e) {
      // errors too: of memory and stack, above all
      throw new AssertionError(
          "fails with -Dfuzz.seed=" + seed + " (" + e + ") for " + shown(String.valueOf(tried)), e);
    }
  }

  /** Says of an input that takes long which one it is, and where its thread stands. */
  private static final class Watch implements AutoCloseable {
    private final Thread watched = Thread.currentThread();
    private final ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            run -> {
              Thread thread = new Thread(run, "fuzz watch");
              thread.setDaemon(true);
              return thread;
            });
    private final Duration patience;
    private final Consumer<String> told;
    private long seed;
    private long beganNanos;

    Watch(Duration patience, Consumer<String> told) {
      this.patience = patience;
      this.told = told;
      long period = patience.toMillis();
      clock.scheduleAtFixedRate(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    synchronized void begins(long seed) {
      this.seed = seed;
      beganNanos = System.nanoTime();
    }

    private synchronized void look() {
      if (System.nanoTime() - beganNanos > patience.toNanos()) {
        StringBuilder text = new StringBuilder("takes long with -Dfuzz.seed=" + seed);
        for (StackTraceElement frame : watched.getStackTrace()) {
          text.append("\n\tat ").append(frame);
        }
        told.accept(text.toString());
      }
    }

    @Override
    public void close() {
      clock.shutdownNow();
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
