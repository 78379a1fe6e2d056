package io.skypanel.worker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final int QUICK_RUNS = 2;

  @Option(names = "--only", paramLabel = "ROW", description = "this one; may be repeated")
  private List<String> only = List.of();

  @Option(names = "--growth", description = "how figures grow, instead")
  private boolean growth;

  @Option(names = "--quick", description = "fewer runs, and none of what takes minutes")
  private boolean quick;

  @Option(names = "--runs", paramLabel = "N", description = "so many times each")
  private Optional<Integer> runs = Optional.empty();

  @Option(names = "--java17", paramLabel = "HOME", required = true, hidden = true)
  private Path java17;

  @Option(names = "--java25", paramLabel = "HOME", required = true, hidden = true)
  private Path java25;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  private List<Measure> all() {
    return List.of(
        new Redeploy("redeploy", 0, 0, 0.8),
        new Redeploy("redeploy-large", 20_000, 50_000_000, 0.4),
        new BuildsAtOnce(6),
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

  /** The rows that take no minutes. */
  private List<Measure> few() {
    return List.of(
        new Redeploy("redeploy", 0, 0, 0.8),
        new BuildsAtOnce(3),
        new PickUp(10_000, 0.5),
        new FreedSlot(),
        new LogDelay(10_000, 1),
        new Start(17, java17, 0.9),
        new Memory(0, 120));
  }

  private static List<Growth> allGrowth() {
    return List.of(
        new ParallelBuilds(),
        new LongQueue(),
        new LargeRepositories(),
        new ManyLines(),
        new ManyApps());
  }

  @Override
  public Integer call() throws Exception {
    return growth ? grow() : compare();
  }

  private int grow() throws Exception {
    List<Series> all = new ArrayList<>();
    for (Growth measure : allGrowth()) {
      if (only.isEmpty() || only.contains(measure.id())) {
        System.err.println("bench: " + measure.id());
        List<Series> series = measure.run(quick);
        System.err.print(Table.ofSeries(series));
        all.addAll(series);
      }
    }
    System.out.print(Table.ofSeries(all));
    write("growth", all, Drawing.of(all));
    return 0;
  }

  private int compare() throws Exception {
    int count = runs.orElse(quick ? QUICK_RUNS : RUNS);
    List<Row> rows = new ArrayList<>();
    for (Measure measure : quick && only.isEmpty() ? few() : all()) {
      if (only.isEmpty() || only.contains(measure.id())) {
        System.err.println("bench: " + measure.id());
        Row row = measure.run(count);
        System.err.println("bench: " + row.ourFigures() + " " + row.theirFigures());
        rows.add(row);
      }
    }
    System.out.print(Table.of(rows));
    write("bench", rows, Chart.of(rows));
    return 0;
  }

  private static void write(String name, List<?> figures, String drawn) throws IOException {
    Path json = Path.of("target", name + ".json");
    Path chart = Path.of("target", name + ".svg");
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(json.toFile(), Map.of("machine", Machine.describe(), "figures", figures));
    Files.writeString(chart, drawn);
    System.err.println("bench: figures in " + json + ", chart in " + chart);
  }
}
