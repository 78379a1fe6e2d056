package io.skypanel.worker.plan;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.settings.AppLimits;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is said about an app, merged. In this order, the first that says something wins: the
 * operator's file, the job's metadata, the job, the repository's file. What the panel fills in by
 * itself ({@code Dockerfile}, {@code npm run build}, {@code npm start}; panel-protocol.md, "Queued
 * builds") is nothing that the job said, and comes last.
 */
final class AppSettings {
  private static final String PANEL_BUILD_COMMAND = "npm run build";
  private static final String PANEL_START_COMMAND = "npm start";
  private static final Map<String, String> OTHER_NAMES = Map.of("nodejs", "node", "golang", "go");

  private final AppFile operator;
  private final BuildJob job;
  private final AppFile repository;

  AppSettings(AppFile operator, BuildJob job, AppFile repository) {
    this.operator = operator;
    this.job = job;
    this.repository = repository;
  }

  /** The Dockerfile that somebody named; empty: whichever there is. */
  Optional<String> dockerfile() throws BuildFailure {
    return said(
        file -> file.build().dockerfile(),
        path("dockerfilePath"),
        job.dockerfilePath().filter(path -> !path.equals(Dockerfile.DEFAULT_PATH)));
  }

  /** Where the app is below the repository. */
  Optional<String> rootDirectory() throws BuildFailure {
    return said(file -> file.build().rootDirectory(), path("rootDirectory"), Optional.empty())
        .map(path -> path.replaceFirst("^(\\./)+", "").replaceFirst("/+$", ""))
        .filter(path -> !path.isEmpty() && !path.equals("."));
  }

  Optional<String> target() {
    return said(file -> file.build().target(), Optional.empty(), Optional.empty());
  }

  Map<String, String> arguments() {
    Map<String, String> arguments = new LinkedHashMap<>(repository.build().args());
    arguments.putAll(operator.build().args());
    return arguments;
  }

  Optional<String> buildCommand() {
    return said(
            file -> file.build().command(),
            Optional.empty(),
            job.buildCommand().filter(command -> !command.equals(PANEL_BUILD_COMMAND)))
        .or(job::buildCommand);
  }

  /** For a generated Dockerfile; the repository's own knows how it is started. */
  Optional<String> startCommand() {
    return said(
            file -> file.run().command(),
            Optional.empty(),
            job.startCommand().filter(command -> !command.equals(PANEL_START_COMMAND)))
        .or(job::startCommand);
  }

  /** The runtime that the operator pinned. */
  Optional<String> runtime() {
    return operator.grants().runtime().map(pinned -> pinned.replaceFirst("@.*", ""));
  }

  /** Versions by runtime: the operator's, else what the metadata says, as in node_version. */
  Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    for (Map.Entry<String, String> hint : job.metadata().entrySet()) {
      String name = hint.getKey().replaceAll("[_-]", "").toLowerCase(Locale.ROOT);
      if (name.endsWith("version") && name.length() > "version".length()) {
        String runtime = name.substring(0, name.length() - "version".length());
        versions.put(OTHER_NAMES.getOrDefault(runtime, runtime), hint.getValue());
      }
    }
    pinnedVersion().ifPresent(version -> versions.put(runtime().orElseThrow(), version));
    return versions;
  }

  /** Who said the version of that runtime, for the build log. */
  String versionOrigin(String runtime) {
    return pinnedVersion().isPresent() && runtime().orElseThrow().equals(runtime)
        ? "the operator's file"
        : "the job's metadata";
  }

  private Optional<String> pinnedVersion() {
    return operator
        .grants()
        .runtime()
        .filter(pinned -> pinned.contains("@"))
        .map(pinned -> pinned.replaceFirst(".*@", ""));
  }

  /**
   * How the app is run.
   *
   * @param byDefault what it is if nobody says so, as a Procfile tells
   * @param commandIsInImage whether the start command went into a generated Dockerfile
   */
  RunPlan run(RunPlan.Process byDefault, boolean commandIsInImage) throws BuildFailure {
    return new RunPlan(
        said(file -> file.run().process(), job.hint("process"), Optional.empty())
            .map(AppSettings::process)
            .orElse(byDefault),
        commandIsInImage
            ? Optional.empty()
            : said(file -> file.run().command(), Optional.empty(), Optional.empty()),
        port(),
        said(
            file -> file.run().healthCheckPath(),
            job.hint("healthCheckPath").filter(AppFileRules::isUrlPath),
            Optional.ofNullable(job.environment().get("HEALTH_CHECK_PATH"))
                .filter(AppFileRules::isUrlPath)),
        operator
            .grants()
            .memory()
            .map(memory -> OptionalLong.of(AppLimits.parseBytes(memory)))
            .orElse(OptionalLong.empty()),
        operator.grants().cpus(),
        operator.grants().volumes(),
        operator.grants().domains());
  }

  private static RunPlan.Process process(String name) {
    return name.toLowerCase(Locale.ROOT).equals("worker")
        ? RunPlan.Process.WORKER
        : RunPlan.Process.WEB;
  }

  /** The job's own PORT is left where it is, in its environment. */
  private OptionalInt port() {
    if (operator.run().port().isPresent()) {
      return operator.run().port();
    }
    return job.environment().containsKey("PORT") ? OptionalInt.empty() : repository.run().port();
  }

  private Optional<String> path(String name) throws BuildFailure {
    Optional<String> path = job.hint(name);
    if (path.isPresent() && !AppFileRules.isBelow(path.get())) {
      throw new BuildFailure.UserFault(
          name + " is '" + path.get() + "' and must be a path below the repository; correct it");
    }
    return path.filter(p -> !p.equals(Dockerfile.DEFAULT_PATH));
  }

  private Optional<String> said(
      Function<AppFile, Optional<String>> inFile,
      Optional<String> inMetadata,
      Optional<String> inJob) {
    return Stream.of(inFile.apply(operator), inMetadata, inJob, inFile.apply(repository))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
