package io.skypanel.worker.plan;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a file says about an app: the repository's own {@code skypanel.yaml}, or the operator's file
 * in {@code APPS_DIR}, which may say more. Immutable; what a file leaves out is empty.
 *
 * @param build how its image is made
 * @param run how it is run
 * @param grants what the operator alone can say
 */
record AppFile(BuildPart build, RunPart run, Grants grants) {
  static final AppFile EMPTY = new AppFile(null, null, null);

  AppFile {
    build = build == null ? BuildPart.EMPTY : build;
    run = run == null ? RunPart.EMPTY : run;
    grants = grants == null ? Grants.EMPTY : grants;
  }

  /**
   * How the image is made.
   *
   * @param dockerfile path below the repository
   * @param target the Dockerfile's stage
   * @param args build arguments
   * @param rootDirectory where the app is below the repository
   * @param command makes the app, where the Dockerfile is generated
   */
  record BuildPart(
      Optional<String> dockerfile,
      Optional<String> target,
      Map<String, String> args,
      Optional<String> rootDirectory,
      Optional<String> command) {
    static final BuildPart EMPTY =
        new BuildPart(
            Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Optional.empty());

    BuildPart {
      args = args == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(args));
    }
  }

  /**
   * How it is run.
   *
   * @param command starts the app
   * @param port what it listens on
   * @param process {@code web} or {@code worker}
   * @param healthCheckPath answers 2xx or 3xx once it is up
   */
  record RunPart(
      Optional<String> command,
      OptionalInt port,
      Optional<String> process,
      Optional<String> healthCheckPath) {
    static final RunPart EMPTY =
        new RunPart(Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * What the operator alone can say.
   *
   * @param runtime what a generated Dockerfile is for, such as {@code node} or {@code node@22}
   * @param memory such as {@code 512m}, as in {@code APP_MEMORY}
   * @param cpus processors, as in {@code APP_CPUS}
   * @param volumes its volumes by name, and where each is mounted
   * @param domains further host names
   */
  record Grants(
      Optional<String> runtime,
      Optional<String> memory,
      OptionalDouble cpus,
      Map<String, String> volumes,
      List<String> domains) {
    static final Grants EMPTY =
        new Grants(Optional.empty(), Optional.empty(), OptionalDouble.empty(), Map.of(), List.of());

    Grants {
      volumes = volumes == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(volumes));
      domains = domains == null ? List.of() : List.copyOf(domains);
    }

    /** Whether they hold what must be one owner's alone: an address. */
    boolean needAnOwner() {
      return !domains.isEmpty();
    }
  }
}
