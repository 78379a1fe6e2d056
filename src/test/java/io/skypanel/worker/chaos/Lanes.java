package io.skypanel.worker.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Runs combinations side by side, each lane in a world of its own. */
final class Lanes {
  private final Path folder;
  private final OwnEngine engine;
  private final Extent extent;
  private final Report report;
  private final Queue<Combination> left;
  private final AtomicInteger worlds = new AtomicInteger();

  /** The engine is everybody's: a combination that stops it runs alone. */
  private final ReadWriteLock engineUse = new ReentrantReadWriteLock(true);

  Lanes(
      Path folder, OwnEngine engine, Extent extent, Report report, List<Combination> combinations) {
    this.folder = folder;
    this.engine = engine;
    this.extent = extent;
    this.report = report;
    this.left = new ConcurrentLinkedQueue<>(combinations);
  }

  /** Comes back when all have ended. */
  void run(int lanes) throws InterruptedException {
    List<Thread> threads =
        java.util.stream.IntStream.range(0, lanes)
            .mapToObj(lane -> new Thread(this::work, "lane-" + lane))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void work() {
    while (!left.isEmpty()) {
      try {
        workInOneWorld(worlds.getAndIncrement());
      } catch (Exception e) {
        e.printStackTrace();
      }
    }
  }

  private void workInOneWorld(int number) throws Exception {
    World world =
        with(
            engineUse.readLock(),
            () -> new World(folder.resolve("world-" + number), engine, number));
    // its end waits for the engine too, and hides nothing that broke off the work
    try (AutoCloseable end = () -> with(engineUse.readLock(), () -> close(world))) {
      boolean good = true;
      for (Combination next = left.poll(); next != null; next = good ? left.poll() : null) {
        Result result = run(world, next);
        good = result.isGood();
        report.add(result, world.worker.log());
      }
    }
  }

  private static Void close(World world) throws Exception {
    world.close();
    return null;
  }

  private Result run(World world, Combination combination) throws Exception {
    Lock lock =
        combination.fault() == Fault.ENGINE_STOPPED ? engineUse.writeLock() : engineUse.readLock();
    return with(lock, () -> new Round(world, extent, combination).run());
  }

  private static <T> T with(Lock lock, Callable<T> work) throws Exception {
    lock.lock();
    try {
      return work.call();
    } finally {
      lock.unlock();
    }
  }
}
