package io.skypanel.worker.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import javax.management.ObjectName;

/**
 * What a worker takes, after a collection of garbage and a clean-up.
 *
 * @param heapMegabytes used after collection
 * @param rssMegabytes what the process holds in memory
 * @param stateKilobytes files in its state and workspace folders
 * @param images in the engine, intermediate ones too
 */
record Figures(
    int builds,
    double heapMegabytes,
    double rssMegabytes,
    int threads,
    int openFiles,
    int endpoints,
    double stateKilobytes,
    int images) {
  static final String HEADER =
      "builds   heap MB   RSS MB  threads  files  endpoints  state KB  images";
  private static final Duration SETTLED_AFTER = Duration.ofSeconds(3);
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(15);

  /** Growth within these is what caches, pools and the bounded lists of recent things take. */
  private static final double HEAP_SLACK = 6;

  private static final double RSS_SLACK = 40;
  private static final double COUNT_SLACK = 12;
  private static final double STATE_SLACK = 64;

  static Figures of(World world, int builds) throws Exception {
    ChaosWorker worker = world.worker;
    worker.cleanUp();
    Leftovers left = new Leftovers(world, Set.of());
    Wait.until(SETTLES_WITHIN, () -> left.images().isEmpty() && left.files().isEmpty());
    // many images go one by one
    for (int before = -1; before != images(world); Wait.pass(SETTLED_AFTER)) {
      before = images(world);
    }
    Path process = Path.of("/proc", String.valueOf(worker.pid()));
    return new Figures(
        builds,
        heap(worker) / 1e6,
        rssKilobytes(process) / 1e3,
        (int) worker.metric("jvm_threads_live_threads"),
        count(process.resolve("fd")),
        worker.managed(
            beans ->
                beans.queryNames(new ObjectName("org.apache.camel:type=endpoints,*"), null).size()),
        (bytes(world.state.folder()) + bytes(world.workspaces.folder())) / 1e3,
        images(world));
  }

  private static int images(World world) {
    return world.engine.docker().listImagesCmd().withShowAll(true).exec().size();
  }

  private static double heap(ChaosWorker worker) throws Exception {
    worker.managed(
        beans -> beans.invoke(new ObjectName("java.lang:type=Memory"), "gc", null, null));
    return worker.metric("jvm_memory_used_bytes{area=\"heap\"");
  }

  private static double rssKilobytes(Path process) throws IOException {
    try (Stream<String> lines = Files.lines(process.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  private static int count(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return (int) all.count();
    }
  }

  private static double bytes(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).mapToDouble(file -> file.toFile().length()).sum();
    }
  }

  /**
   * What the last of {@code all} has more than it may, a sentence each. The first is no measure:
   * pools and caches fill while it is taken.
   */
  static List<String> growth(List<Figures> all) {
    List<String> grown = new ArrayList<>();
    if (all.size() < 3) {
      return grown;
    }
    check(all, "heap", Figures::heapMegabytes, HEAP_SLACK, grown);
    check(all, "RSS", Figures::rssMegabytes, RSS_SLACK, grown);
    check(all, "threads", Figures::threads, COUNT_SLACK, grown);
    check(all, "open files", Figures::openFiles, COUNT_SLACK, grown);
    check(all, "endpoints", Figures::endpoints, 0, grown);
    check(all, "state", Figures::stateKilobytes, STATE_SLACK, grown);
    check(all, "images", Figures::images, COUNT_SLACK, grown);
    return grown;
  }

  private static void check(
      List<Figures> all,
      String what,
      ToDoubleFunction<Figures> figure,
      double slack,
      List<String> grown) {
    double first = figure.applyAsDouble(all.get(1));
    double last = figure.applyAsDouble(all.get(all.size() - 1));
    if (last > first + slack) {
      grown.add(
          String.format(
              Locale.ROOT,
              "%s grew from %.1f after %d builds to %.1f",
              what,
              first,
              all.get(1).builds(),
              last));
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%6d  %8.1f %8.1f %8d %6d %10d %9.1f %7d",
        builds,
        heapMegabytes,
        rssMegabytes,
        threads,
        openFiles,
        endpoints,
        stateKilobytes,
        images);
  }
}
