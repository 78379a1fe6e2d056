package io.skypanel.worker.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is printed: a line for each combination, and a table at the end. Thread-safe. */
final class Report {
  private static final Path LOGS = Path.of("target/chaos");

  private final PrintStream out;
  private final List<Result> results = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  /** A combination has ended; the worker's log of one that went wrong is kept. */
  synchronized void add(Result result, Path workerLog) {
    results.add(result);
    out.printf(
        Locale.ROOT,
        "%-24s %5.1f s  %s  %s%n",
        result.combination(),
        result.seconds(),
        result.isGood() ? "ok  " : "FAIL",
        String.join(", ", result.ends()));
    result.problems().forEach(problem -> out.println("    " + problem));
    if (!result.isGood()) {
      keep(result.combination(), workerLog);
    }
    out.flush();
  }

  private void keep(Combination combination, Path workerLog) {
    String name = combination.toString().replace('/', '-') + "-" + combination.seed() + ".log";
    try {
      Files.createDirectories(LOGS);
      Files.copy(workerLog, LOGS.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      out.println("    the worker's log is " + LOGS.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The table; gives whether all is well. */
  synchronized boolean end(long seed, int wanted) {
    out.println();
    out.printf("%-16s %13s %7s %5s %11s %6s %6s%n", COLUMNS);
    for (Fault fault : Fault.values()) {
      List<Result> its = results.stream().filter(r -> r.combination().fault() == fault).toList();
      if (!its.isEmpty()) {
        line(fault.label(), its);
      }
    }
    line("all", results);
    out.println("seed " + seed);
    boolean complete = results.size() == wanted;
    if (!complete) {
      out.println("only " + results.size() + " of " + wanted + " combinations ran to their end");
    }
    return complete && results.stream().allMatch(Result::isGood);
  }

  private static final Object[] COLUMNS = {
    "fault", "combinations", "builds", "lost", "duplicated", "stuck", "other"
  };

  private void line(String name, List<Result> its) {
    long other =
        its.stream().filter(r -> !r.isGood() && r.lost() + r.duplicated() + r.stuck() == 0).count();
    out.printf(
        "%-16s %13d %7d %5d %11d %6d %6d%n",
        name,
        its.size(),
        its.stream().mapToInt(Result::builds).sum(),
        its.stream().mapToInt(Result::lost).sum(),
        its.stream().mapToInt(Result::duplicated).sum(),
        its.stream().mapToInt(Result::stuck).sum(),
        other);
  }
}
