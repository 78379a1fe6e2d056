package io.skypanel.worker.redact;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Masks 100 MB of build output with 200 secrets, as a worker does, and prints how fast that went by
 * the processor time of its one thread, and how long the redactor took to make.
 */
public final class RedactorSpeed {
  private static final int SECRETS = 200;
  private static final int SLOTS = 3;
  private static final int MEGABYTES = 100;
  private static final int LEAST_SPEED = 50;
  private static final int MOST_MILLIS = 20;
  private static final int BLOCK = 1_000_000;
  private static final int WRITE = 4096;
  private static final int LINES_A_SECRET = 500;
  private static final int JOB_BYTES = 1 << 20;

  private RedactorSpeed() {}

  /**
   * Fails if what is usual was slower than 50 MB/s, if a usual job's redactor took longer than 20
   * ms, or if there is no memory for three of any kind of the largest that jobs can have.
   */
  public static void main(String[] args) {
    Random random = new Random(1);
    List<String> secrets = secrets(random);
    double first = millis(() -> new Redactor(secrets.subList(0, 20)));
    double usual = millis(() -> new Redactor(secrets.subList(0, 20)));
    List<String> longest = List.of(secret(random, 128 << 10)); // as long as a variable can be
    double large = millis(() -> new Redactor(longest));
    double made = millis(() -> new Redactor(secrets));
    for (List<String> most : List.of(manyLines(random), manyBeginnings(), manyForms())) {
      List<Redactor> held = Stream.generate(() -> new Redactor(most)).limit(SLOTS).toList();
      held.forEach(each -> each.mask(most.get(0)));
    }

    Redactor redactor = new Redactor(secrets);
    String block = block(random, secrets);
    run(redactor, block, 5);
    double speed = MEGABYTES * 1000 / millis(() -> run(redactor, block, MEGABYTES));
    Redactor nested = new Redactor(nested());
    String worst = ("a".repeat(100) + "\n").repeat(BLOCK / 101);
    run(nested, worst, 5);
    double least = MEGABYTES * 1000 / millis(() -> run(nested, worst, MEGABYTES));
    System.out.printf(
        "%.0f MB/s with %d secrets, %.0f if each stands within the next and all over the text; made in"
            + " %.0f ms, for 20 secrets in %.0f ms (the first in %.0f), for one of 128 KiB in %.0f ms%n",
        speed, SECRETS, least, made, usual, first, large);
    if (speed < LEAST_SPEED || usual > MOST_MILLIS) {
      System.exit(1);
    }
  }

  /** As many short lines as a job's variables can hold. */
  private static List<String> manyLines(Random random) {
    return Stream.generate(() -> secret(random, 5)).limit(JOB_BYTES / 6).toList();
  }

  /** As many lines as can each begin with a character of its own. */
  private static List<String> manyBeginnings() {
    return IntStream.rangeClosed(0x800, 0xd7ff).mapToObj(first -> (char) first + "abc").toList();
  }

  /** What makes the longest of each form: nine characters of a URL for one. */
  private static List<String> manyForms() {
    return IntStream.range(0, JOB_BYTES / 31)
        .mapToObj(
            i -> "漢" + (char) (0x4e00 + i / 1000) + "字" + (char) (0x4e00 + i % 1000) + "漢字漢字漢字")
        .toList();
  }

  /** aaaa, aaaaa and so on: as many end at each character as there are. */
  private static List<String> nested() {
    return IntStream.range(0, SECRETS).mapToObj(i -> "aaaa" + "a".repeat(i)).toList();
  }

  private static double millis(Runnable work) {
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    work.run();
    return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began) / 1e6;
  }

  /** Makes 200. */
  static List<String> secrets(Random random) {
    List<String> secrets = new ArrayList<>();
    for (int i = 0; i < SECRETS; i++) {
      secrets.add(secret(random, 16 + random.nextInt(48)));
    }
    return secrets;
  }

  /** Masks a block so many times; gives how much came out. */
  static long run(Redactor redactor, String block, int times) {
    MaskedStream stream = redactor.stream();
    long characters = 0;
    for (int i = 0; i < times; i++) {
      for (int from = 0; from < block.length(); from += WRITE) {
        characters +=
            stream.write(block.substring(from, Math.min(block.length(), from + WRITE))).length();
      }
    }
    return characters + stream.end().length();
  }

  private static String secret(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes).substring(0, length);
  }

  /** Lines such as builds print, some with a secret or its base64, one without any end. */
  static String block(Random random, List<String> secrets) {
    StringBuilder text = new StringBuilder();
    for (int line = 0; text.length() < BLOCK * 9 / 10; line++) {
      text.append(
          switch (random.nextInt(4)) {
            case 0 ->
                "npm http fetch GET 200 https://registry.npmjs.org/lodash/-/lodash-4.17.21.tgz ";
            case 1 -> "[INFO] Compiling 142 source files with javac [debug release 17] to target ";
            case 2 ->
                "added 1435 packages, and audited 1436 packages in " + random.nextInt(99) + "s";
            default -> "sha512-" + secret(random, 88);
          });
      if (line % LINES_A_SECRET == 0) {
        String secret = secrets.get(random.nextInt(SECRETS));
        text.append(
            line % 1000 == 0 ? secret : Base64.getEncoder().encodeToString(secret.getBytes()));
      }
      text.append('\n');
    }
    while (text.length() < BLOCK) {
      text.append("progress without a line break ");
    }
    return text.substring(0, BLOCK);
  }
}
