package io.skypanel.worker.runtime;

import io.skypanel.worker.job.RunPlan;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is asked for besides what the repository says. Immutable.
 *
 * @param runtime an id of {@code runtimes.yaml} that the operator pins; empty: detected
 * @param rootDirectory the app's folder below the checkout, such as {@code apps/web}
 * @param versions wanted versions by runtime id; they win over the repository's
 * @param versionOrigin by runtime id who wants that version, for the build log: {@code the job's
 *     node_version}
 * @param buildCommand as it is given; the panel's default counts as unset
 * @param startCommand as it is given; the panel's default counts as unset when the repository has
 *     no such script
 * @param variables names of the app's environment variables
 * @param buildKit whether cache mounts and secrets may be used
 * @param process whether the app serves HTTP; empty: nobody said, so the repository tells
 * @param buildOrigin who gives the build command, for the build log: {@code the operator's file};
 *     empty: the job
 * @param startOrigin who gives the start command
 */
public record Wish(
    Optional<String> runtime,
    Optional<String> rootDirectory,
    Map<String, String> versions,
    Map<String, String> versionOrigin,
    Optional<String> buildCommand,
    Optional<String> startCommand,
    Set<String> variables,
    boolean buildKit,
    Optional<RunPlan.Process> process,
    Optional<String> buildOrigin,
    Optional<String> startOrigin) {

  /** Nothing is asked for. */
  public static final Wish NONE =
      new Wish(
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Set.of(),
          true,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** What the panel says of an app whose owner named no build command. */
  public static final String DEFAULT_BUILD = "npm run build";

  /** What the panel says of an app whose owner named no start command. */
  public static final String DEFAULT_START = "npm start";

  private static final String JOB = "the job";

  public Wish {
    versions = Map.copyOf(versions);
    versionOrigin = Map.copyOf(versionOrigin);
    buildCommand = buildCommand.map(String::strip).filter(c -> !c.isEmpty());
    startCommand = startCommand.map(String::strip).filter(c -> !c.isEmpty());
    variables = Collections.unmodifiableSet(new TreeSet<>(variables));
  }

  /** The build command, where it is not the panel's default. */
  Optional<String> ownBuildCommand() {
    return buildCommand.filter(c -> !c.equals(DEFAULT_BUILD));
  }

  /** The start command, where it is not the panel's default. */
  Optional<String> ownStartCommand() {
    return startCommand.filter(c -> !c.equals(DEFAULT_START));
  }

  /** The build command, for the build log. */
  String buildCommandOf() {
    return "the build command of " + buildOrigin.orElse(JOB);
  }

  /** The start command, for the build log. */
  String startCommandOf() {
    return "the start command of " + startOrigin.orElse(JOB);
  }

  /** Who wants that runtime's version. */
  Optional<String> origin(String runtime) {
    return Optional.ofNullable(versionOrigin.get(runtime));
  }
}
