package io.skypanel.worker.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the benchmarks. {@code bin/bench} starts it. */
@Command(
    name = "bin/bench",
    mixinStandardHelpOptions = true,
    description = "Times the worker beside the command line, by turns, on this machine.")
final class Bench implements Callable<Integer> {
  private static final int RUNS = 7;

  @Option(names = "--only", paramLabel = "ROW", description = "this one; may be repeated")
  private List<String> only = List.of();

  @Option(names = "--runs", paramLabel = "N", description = "so many times each; default 7")
  private int runs = RUNS;

  @Option(names = "--java17", paramLabel = "HOME", required = true)
  private Path java17;

  @Option(names = "--java25", paramLabel = "HOME", required = true)
  private Path java25;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  private List<Measure> all() {
    return List.of(
        new Redeploy("redeploy", 0, 0, 0.8),
        new Redeploy("redeploy-large", 20_000, 50_000_000, 0.4),
        new SixBuilds(),
        new PickUp(200, 5.5),
        new PickUp(10_000, 0.5),
        new FreedSlot(),
        new LogDelay(200, 5),
        new LogDelay(10_000, 1),
        new Start(17, java17, 0.9),
        new Start(25, java25, 0.7),
        new Memory(0, 120),
        new Memory(200, 150));
  }

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    List<Row> rows = new ArrayList<>();
    for (Measure measure : all()) {
      if (only.isEmpty() || only.contains(measure.id())) {
        Row row = measure.run(runs);
        rows.add(row);
        out.printf(
            "%s: %.3f %s, beside %.3f: %.2f (goal %.2f) %s %s%n",
            row.id(),
            row.ourMedian(),
            row.unit(),
            row.isRatio() ? row.theirMedian() : Double.NaN,
            row.result(),
            row.goal(),
            row.ourFigures(),
            row.theirFigures());
      }
    }
    return 0;
  }
}
