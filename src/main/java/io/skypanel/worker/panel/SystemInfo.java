package io.skypanel.worker.panel;

import com.github.dockerjava.api.model.Info;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * The figures that heartbeats and registrations carry alike: machine, containers, builds, version.
 * Thread-safe.
 */
public final class SystemInfo {
  private final MachineFacts machine;
  private final IntSupplier currentBuilds;
  private final int maxConcurrentBuilds;
  private final String version;
  private volatile int runningContainers;

  /**
   * @param runningContainers how many the engine had at start
   */
  public SystemInfo(
      MachineFacts machine,
      IntSupplier currentBuilds,
      int maxConcurrentBuilds,
      String version,
      int runningContainers) {
    this.machine = machine;
    this.currentBuilds = currentBuilds;
    this.maxConcurrentBuilds = maxConcurrentBuilds;
    this.version = version;
    this.runningContainers = runningContainers;
  }

  /** What the engine says now. */
  void note(Info engine) {
    if (engine.getContainersRunning() != null) {
      runningContainers = engine.getContainersRunning();
    }
  }

  /** The figures of this moment, by the names that the panel's metadata uses. */
  Map<String, Object> snapshot() {
    Map<String, Object> figures = new LinkedHashMap<>(machine.snapshot());
    figures.put("runningContainers", runningContainers);
    figures.put("currentBuilds", currentBuilds.getAsInt());
    figures.put("maxConcurrentBuilds", maxConcurrentBuilds);
    figures.put("uptimeSeconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
    figures.put("version", version);
    return figures;
  }
}
