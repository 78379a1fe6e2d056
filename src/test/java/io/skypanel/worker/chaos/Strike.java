package io.skypanel.worker.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Breaks one thing, leaves it broken for a while and heals it. */
final class Strike {
  private static final String EVERY_CALL = "";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(4);
  private static final int PERCENT_KILLED_TWICE = 40;
  private static final Duration KILLED_AGAIN_WITHIN = Duration.ofMillis(4500);
  private static final String PAGE = "<html><body><h1>Bad Gateway</h1></body></html>\n";

  private final World world;
  private final Extent extent;
  private final Random random;

  Strike(World world, Extent extent, Random random) {
    this.world = world;
    this.extent = extent;
    this.random = random;
  }

  /** Comes back when all is well again. */
  void run(Fault fault) throws IOException, InterruptedException {
    switch (fault) {
      case PANEL_KILLED -> {
        world.panel.stop();
        last(Duration.ZERO);
        world.panel.start();
      }
      case PANEL_SLOW -> {
        world.panel.faults().clear();
        world.panel.faults().on(EVERY_CALL).delay(extent.delay());
        last(extent.delay());
      }
      case PANEL_500 -> {
        world.panel.faults().clear();
        world.panel.faults().on(EVERY_CALL).answer(500);
        last(Duration.ZERO);
      }
      case PANEL_429 -> {
        world.panel.faults().clear();
        world.panel.faults().on(EVERY_CALL).tooMany(RETRY_AFTER);
        last(Duration.ZERO);
      }
      case PANEL_HTML -> {
        world.panel.faults().clear();
        int status = random.nextBoolean() ? 200 : 502;
        world.panel.faults().on(EVERY_CALL).answer(status, "text/html", PAGE);
        last(Duration.ZERO);
      }
      case WORKER_KILLED -> killWorker();
      case ENGINE_STOPPED -> {
        world.engine.stop();
        Wait.pass(upTo(extent.shortest()));
        world.engine.start();
      }
      case DISK_FULL -> fillDisk();
    }
    world.panel.faults().clear();
  }

  private void killWorker() throws IOException, InterruptedException {
    world.worker.kill();
    world.panel.faults().clear();
    Wait.pass(upTo(Duration.ofSeconds(1)));
    world.worker.start();
    if (random.nextInt(100) < PERCENT_KILLED_TWICE) {
      // it may be in the middle of taking up its builds
      Wait.pass(upTo(KILLED_AGAIN_WITHIN));
      world.worker.kill();
      world.worker.start();
    }
    world.worker.awaitReady();
  }

  private void fillDisk() throws IOException, InterruptedException {
    List<SmallDisk> disks =
        List.of(
                List.of(world.workspaces),
                List.of(world.state),
                List.of(world.workspaces, world.state))
            .get(random.nextInt(3));
    for (SmallDisk disk : disks) {
      disk.fill();
    }
    last(Duration.ZERO);
    for (SmallDisk disk : disks) {
      disk.free();
    }
  }

  private void last(Duration atLeast) throws InterruptedException {
    Wait.pass(
        atLeast.plus(extent.shortest()).plus(upTo(extent.longest().minus(extent.shortest()))));
  }

  private Duration upTo(Duration most) {
    return Duration.ofMillis((long) (most.toMillis() * random.nextDouble()));
  }
}
