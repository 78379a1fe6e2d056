package io.skypanel.worker.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the chaos suite. {@code bin/chaos} starts it in namespaces of its own. */
@Command(
    name = "bin/chaos",
    mixinStandardHelpOptions = true,
    description = "Breaks panel, worker, engine and disk while builds run; no build may be lost.")
final class Chaos implements Callable<Integer> {
  private static final int SHORT_LANES = 3;
  private static final int LONG_LANES = 3;

  @Option(names = "--all", description = "every fault in every phase, in the long form")
  private boolean all;

  @Option(names = "--only", paramLabel = "FAULT/PHASE", description = "this one; may be repeated")
  private List<String> only = List.of();

  @Option(names = "--rounds", paramLabel = "N", description = "so many times, each timed anew")
  private int rounds = 1;

  @Option(names = "--seed", paramLabel = "N", description = "the timing of an earlier run")
  private Optional<Long> seed = Optional.empty();

  @Option(names = "--lanes", paramLabel = "N", description = "how many combinations at once")
  private Optional<Integer> lanes = Optional.empty();

  @Option(names = "--soak", paramLabel = "BUILDS", description = "so many quick builds instead")
  private Optional<Integer> soak = Optional.empty();

  @Option(names = "--folder", required = true, hidden = true)
  private Path folder;

  @Option(names = "--cgroup", required = true, hidden = true)
  private String cgroup;

  public static void main(String[] arguments) {
    // halting: relay and panel threads, and the namespace ends with this process
    System.exit(new CommandLine(new Chaos()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    try (OwnEngine engine = new OwnEngine(Files.createDirectories(folder), cgroup)) {
      if (soak.isPresent()) {
        return new Soak(folder, engine, System.out).run(soak.get()) ? 0 : 1;
      }
      return combinations(engine) ? 0 : 1;
    }
  }

  private boolean combinations(OwnEngine engine) throws InterruptedException {
    long runSeed = seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1_000_000));
    List<Combination> wanted = wanted(runSeed);
    System.out.println(wanted.size() + " combinations, seed " + runSeed);
    Report report = new Report(System.out);
    Extent extent = all || !only.isEmpty() ? Extent.LONG : Extent.SHORT;
    int beside = lanes.orElse(all ? LONG_LANES : SHORT_LANES);
    new Lanes(folder, engine, extent, report, wanted).run(Math.min(beside, wanted.size()));
    return report.end(runSeed, wanted.size());
  }

  private List<Combination> wanted(long runSeed) {
    List<Combination> wanted = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int number = round;
      if (!only.isEmpty()) {
        only.forEach(text -> wanted.add(Combination.parse(text, runSeed, number)));
      } else if (all) {
        wanted.addAll(Combination.all(runSeed, number));
      } else {
        wanted.addAll(Combination.sample(runSeed + number));
      }
    }
    // those that run alone come last, so that no lane waits for them in between
    wanted.sort(Comparator.comparing(c -> c.fault() == Fault.ENGINE_STOPPED));
    return wanted;
  }
}
