package io.skypanel.worker.image;

import com.github.dockerjava.api.command.InspectImageResponse;
import io.skypanel.worker.job.ImageRef;
import java.time.Duration;
import java.util.Locale;

/** The line that a build ends with. */
final class BuiltLine {
  private static final int SHOWN_ID = 12;
  private static final double MEGABYTE = 1_000_000;

  private BuiltLine() {}

  /**
   * {@code Built NAME (ID, 12.3 MB) from SOURCES in 4.5 s}.
   *
   * @param sources what it was built from
   * @param startNanos when the build began, by {@link System#nanoTime}
   */
  static String of(ImageRef ref, InspectImageResponse image, String sources, long startNanos) {
    return String.format(
        Locale.ROOT,
        "Built %s (%s, %s) from %s in %.1f s",
        ref,
        shortId(image.getId()),
        size(image.getSize()),
        sources,
        Duration.ofNanos(System.nanoTime() - startNanos).toMillis() / 1000.0);
  }

  /** Bytes as {@code 12.3 MB}. */
  static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
  }

  private static String shortId(String id) {
    String hex = id.substring(id.indexOf(':') + 1);
    return hex.substring(0, Math.min(SHOWN_ID, hex.length()));
  }
}
