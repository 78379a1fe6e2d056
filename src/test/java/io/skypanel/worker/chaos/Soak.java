package io.skypanel.worker.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Many quick builds of one app, and what the worker takes meanwhile. Each is queued when the one
 * before has ended: of several that wait only the newest would be built.
 */
final class Soak {
  private static final int BETWEEN_LINES = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Path folder;
  private final OwnEngine engine;
  private final PrintStream out;

  Soak(Path folder, OwnEngine engine, PrintStream out) {
    this.folder = folder;
    this.engine = engine;
    this.out = out;
  }

  /** Gives whether every build was deployed and nothing grew. */
  boolean run(int builds) throws Exception {
    List<Figures> figures = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    out.println(Figures.HEADER);
    try (World world = new World(folder.resolve("soak"), engine, 0)) {
      for (int number = 1; number <= builds; number++) {
        TestApp app = world.redeployment(false);
        world.panel.queue(app.request());
        await(world, app, failed);
        if (number % BETWEEN_LINES == 0 || number == builds) {
          world.serving.put(app.appId(), app);
          Figures now = Figures.of(world, number);
          out.println(now);
          figures.add(now);
        }
      }
    }
    failed.forEach(out::println);
    List<String> grown = Figures.growth(figures);
    grown.forEach(out::println);
    out.println(builds + " builds, " + failed.size() + " failed, growth: " + grown.size());
    return failed.isEmpty() && grown.isEmpty();
  }

  private static void await(World world, TestApp app, List<String> failed)
      throws InterruptedException, IOException {
    String id = app.deploymentId();
    Wait.until(PATIENCE, () -> Ends.hasEnded(world.panel, id));
    if (!Ends.isDeployed(world.panel, id) || !Ends.isInOrder(world.panel.deployment(id))) {
      failed.add(id + " went " + world.panel.statusesOf(id));
    }
  }
}
