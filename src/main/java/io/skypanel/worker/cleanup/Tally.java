package io.skypanel.worker.cleanup;

import java.util.ArrayList;
import java.util.List;

/**
 * What one clean-up has removed so far. Immutable.
 *
 * @param workspaces folders
 * @param containers containers
 * @param networks networks of apps
 * @param images images, intermediate ones included
 * @param bytes disk space that came back
 * @param engineFailed whether the engine did not answer; it is left alone then
 */
public record Tally(
    int workspaces, int containers, int networks, int images, long bytes, boolean engineFailed) {
  private static final long KIB = 1024;

  /** Nothing yet. */
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0, false);

  /** Both together. */
  public Tally plus(Tally more) {
    return new Tally(
        workspaces + more.workspaces,
        containers + more.containers,
        networks + more.networks,
        images + more.images,
        bytes + more.bytes,
        engineFailed || more.engineFailed);
  }

  /** Whether nothing went. */
  public boolean isEmpty() {
    return workspaces == 0 && containers == 0 && networks == 0 && images == 0 && bytes == 0;
  }

  static Tally ofWorkspaces(int count, long bytes) {
    return new Tally(count, 0, 0, 0, bytes, false);
  }

  static Tally ofContainers(int count, long bytes) {
    return new Tally(0, count, 0, 0, bytes, false);
  }

  static Tally ofNetworks(int count) {
    return new Tally(0, 0, count, 0, 0, false);
  }

  static Tally ofImages(int count, long bytes) {
    return new Tally(0, 0, 0, count, bytes, false);
  }

  static Tally ofBuildCache(long bytes) {
    return new Tally(0, 0, 0, 0, bytes, false);
  }

  Tally withEngineFailed() {
    return new Tally(workspaces, containers, networks, images, bytes, true);
  }

  /** For the log: {@code 2 workspaces, 1 container, 3 images: 120 MiB}. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    add(parts, workspaces, "workspace");
    add(parts, containers, "container");
    add(parts, networks, "network");
    add(parts, images, "image");
    if (parts.isEmpty()) {
      parts.add("build cache");
    }
    return String.join(", ", parts) + ": " + size(bytes);
  }

  private static void add(List<String> parts, int count, String what) {
    if (count > 0) {
      parts.add(count + " " + what + (count == 1 ? "" : "s"));
    }
  }

  private static String size(long bytes) {
    long value = bytes;
    for (String unit : List.of("bytes", "KiB", "MiB", "GiB")) {
      if (value < 10 * KIB || unit.equals("GiB")) {
        return value + " " + unit;
      }
      value /= KIB;
    }
    throw new AssertionError();
  }
}
