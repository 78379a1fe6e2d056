package io.skypanel.worker.job;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How an app is run: what the operator, the job and the repository say about it. Immutable.
 *
 * @param process whether it serves HTTP
 * @param command replaces the image's own, for {@code /bin/sh -c}; empty: the image's
 * @param port what it listens on; empty: found out from the job's environment and the image
 * @param healthCheckPath a path that answers 2xx or 3xx once the app is up
 * @param memoryBytes its memory; empty: {@code APP_MEMORY}
 * @param cpus its processors; empty: {@code APP_CPUS}
 * @param volumes its volumes by name, and where each is mounted
 * @param domains the operator's further host names for it
 */
public record RunPlan(
    Process process,
    Optional<String> command,
    OptionalInt port,
    Optional<String> healthCheckPath,
    OptionalLong memoryBytes,
    OptionalDouble cpus,
    Map<String, String> volumes,
    List<String> domains) {

  /** Where nobody says anything. */
  public static final RunPlan DEFAULT =
      new RunPlan(
          Process.WEB,
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          Map.of(),
          List.of());

  public RunPlan {
    // a journal of an earlier version has none
    volumes = volumes == null ? Map.of() : Map.copyOf(volumes);
    domains = domains == null ? List.of() : List.copyOf(domains);
  }

  /** With other host names. */
  public RunPlan withDomains(List<String> others) {
    return new RunPlan(process, command, port, healthCheckPath, memoryBytes, cpus, volumes, others);
  }

  /** What kind of process an app is. */
  public enum Process {
    /** It listens on a port. */
    WEB,
    /** It listens nowhere, such as a bot or a queue consumer. */
    WORKER
  }
}
