package io.skypanel.worker.settings;

import java.util.Locale;

/**
 * What one app may use.
 *
 * @param memoryBytes memory, swap included
 * @param cpus processors, such as 0.5
 * @param maxMemoryBytes what the app's own settings may raise its memory to
 * @param maxCpus what they may raise its processors to
 */
public record AppLimits(long memoryBytes, double cpus, long maxMemoryBytes, double maxCpus) {
  /**
   * Reads {@code 512m}, {@code 1.5g} or plain bytes, as Docker's command line does; throws
   * NumberFormatException for anything else.
   */
  public static long parseBytes(String text) {
    String value = text.toLowerCase(Locale.ROOT).replaceFirst("b$", "");
    long unit = 1;
    if (!value.isEmpty()) {
      int scale = "kmgt".indexOf(value.charAt(value.length() - 1));
      if (scale >= 0) {
        unit = 1L << (10 * (scale + 1));
        value = value.substring(0, value.length() - 1);
      }
    }
    return (long) (Double.parseDouble(value) * unit);
  }
}
