package io.skypanel.worker.settings;

import java.util.List;
import java.util.Optional;

/**
 * What a build may take and by which programs it may be read.
 *
 * @param contextBytes how much may be sent to the builder
 * @param memoryBytes what a step may have of memory, swap included; for the classic builder
 * @param cpus how many processors all steps share, the first of the machine; empty: all of them.
 *     For the classic builder
 * @param frontends what a Dockerfile may name behind {@code # syntax=}; for buildx
 * @param remoteAdd whether {@code ADD} may name an address, which the engine fetches
 */
public record BuildLimits(
    long contextBytes,
    long memoryBytes,
    Optional<Integer> cpus,
    List<String> frontends,
    boolean remoteAdd) {
  /** How many files, folders and links may be sent to the builder. */
  public static final int CONTEXT_FILES = 200_000;

  static final int DEFAULT_CONTEXT_MB = 2048;
  static final int DEFAULT_MEMORY_MB = 4096;
  static final List<String> DEFAULT_FRONTENDS =
      List.of("docker/dockerfile", "docker/dockerfile-upstream");

  /** Where every setting has its default. */
  public static final BuildLimits DEFAULT =
      new BuildLimits(
          megabytes(DEFAULT_CONTEXT_MB),
          megabytes(DEFAULT_MEMORY_MB),
          Optional.empty(),
          DEFAULT_FRONTENDS,
          false);

  public BuildLimits {
    frontends = List.copyOf(frontends);
  }

  static long megabytes(int number) {
    return (long) number << 20;
  }
}
