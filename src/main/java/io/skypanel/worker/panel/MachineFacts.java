package io.skypanel.worker.panel;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What this machine has and does, for heartbeats and registration. Bytes; loads as fractions. */
public final class MachineFacts {
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Path workspaceDir;

  /** Disk figures are those of {@code workspaceDir}. */
  public MachineFacts(Path workspaceDir) {
    this.workspaceDir = workspaceDir;
  }

  /** The figures of this moment, by the names that the panel's metadata uses. */
  public Map<String, Object> snapshot() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("cpuCount", system.getAvailableProcessors());
    facts.put("cpuLoad", rounded(system.getCpuLoad()));
    facts.put("loadAverage", rounded(system.getSystemLoadAverage()));
    facts.put("memoryTotal", system.getTotalMemorySize());
    facts.put("memoryFree", availableMemory());
    try {
      FileStore disk = Files.getFileStore(workspaceDir);
      facts.put("diskTotal", disk.getTotalSpace());
      facts.put("diskFree", disk.getUsableSpace());
    } catch (IOException e) {
      // the figures stay away; the heartbeat must go out all the same
    }
    return facts;
  }

  /** Linux counts the page cache as used; what programs could have is MemAvailable. */
  private long availableMemory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException notLinux) {
      // what the JVM knows will do
    }
    return system.getFreeMemorySize();
  }

  private static double rounded(double value) {
    return value < 0 ? 0 : Math.round(value * 1000) / 1000.0;
  }
}
