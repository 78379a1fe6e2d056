package io.skypanel.worker.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.runtime.Wish;
import io.skypanel.worker.settings.AppLimits;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is said about an app, merged. In this order, the first that says something wins: the
 * operator's file, the job's metadata, the job, the repository's file. What the panel fills in by
 * itself ({@code Dockerfile}, {@code npm run build}, {@code npm start}; docs/apps.md) is nothing
 * that the job said, and comes last.
 */
final class AppSettings {
  private static final ObjectReader VOLUMES = new ObjectMapper().readerForMapOf(String.class);
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
        path("dockerfilePath").filter(path -> !path.equals(Dockerfile.DEFAULT_PATH)),
        job.dockerfilePath().filter(path -> !path.equals(Dockerfile.DEFAULT_PATH)));
  }

  /** Where the app is below the repository. */
  Optional<String> rootDirectory() throws BuildFailure {
    return said(
            file -> file.build().rootDirectory(),
            path("rootDirectory").filter(path -> !path.isEmpty()),
            Optional.empty())
        .map(path -> Path.of(path).normalize().toString())
        .filter(path -> !path.isEmpty());
  }

  Optional<String> target() {
    return said(file -> file.build().target(), job.hint("target"), Optional.empty());
  }

  /** Those that the job has as a variable reach the Dockerfile from there. */
  Map<String, String> arguments() {
    Map<String, String> arguments = new LinkedHashMap<>(repository.build().args());
    arguments.keySet().removeAll(job.environment().keySet());
    arguments.putAll(operator.build().args());
    return arguments;
  }

  Optional<String> buildCommand() {
    return said(file -> file.build().command(), Optional.empty(), ownBuildCommand())
        .or(job::buildCommand);
  }

  Optional<String> startCommand() {
    return said(file -> file.run().command(), Optional.empty(), ownStartCommand())
        .or(job::startCommand);
  }

  private Optional<String> ownBuildCommand() {
    return job.buildCommand().filter(command -> !command.equals(Wish.DEFAULT_BUILD));
  }

  private Optional<String> ownStartCommand() {
    return job.startCommand().filter(command -> !command.equals(Wish.DEFAULT_START));
  }

  /** Which file said the build command; empty: the job. */
  Optional<String> buildOrigin() {
    return origin(operator.build().command(), ownBuildCommand(), repository.build().command());
  }

  /** Which file said the start command; empty: the job. */
  Optional<String> startOrigin() {
    return origin(operator.run().command(), ownStartCommand(), repository.run().command());
  }

  private static Optional<String> origin(
      Optional<String> inOperators, Optional<String> inJob, Optional<String> inRepositorys) {
    if (inOperators.isPresent()) {
      return Optional.of("the operator's file");
    }
    return inJob.isPresent() || inRepositorys.isEmpty()
        ? Optional.empty()
        : Optional.of(AppFiles.OF_REPOSITORY);
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
        process().orElse(byDefault),
        commandIsInImage
            ? Optional.empty()
            : said(file -> file.run().command(), Optional.empty(), ownStartCommand()),
        port(),
        said(
            file -> file.run().healthCheckPath(),
            hint("healthCheckPath", AppFileRules::isUrlPath, "a path such as /health"),
            Optional.ofNullable(job.environment().get("HEALTH_CHECK_PATH"))
                .filter(AppFileRules::isUrlPath)),
        memoryBytes(),
        cpus(),
        volumes(),
        operator.grants().domains());
  }

  private OptionalLong memoryBytes() throws BuildFailure {
    Optional<String> inMetadata =
        hint(
            "memoryMb",
            text -> text.matches("[1-9]\\d{0,6}") && Integer.parseInt(text) >= 6,
            "a number of MiB, 6 or more");
    return operator
        .grants()
        .memory()
        .map(AppLimits::parseBytes)
        .or(() -> inMetadata.map(mb -> Long.parseLong(mb) << 20))
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  private OptionalDouble cpus() throws BuildFailure {
    Optional<String> inMetadata =
        hint(
            "cpus",
            text -> text.matches("\\d{1,4}(\\.\\d{1,3})?") && Double.parseDouble(text) >= 0.1,
            "a number, 0.1 or more");
    return operator.grants().cpus().isPresent() || inMetadata.isEmpty()
        ? operator.grants().cpus()
        : OptionalDouble.of(Double.parseDouble(inMetadata.get()));
  }

  /** In the metadata they are an object, which is kept as its text. */
  private Map<String, String> volumes() throws BuildFailure {
    Optional<String> inMetadata = job.hint("volumes");
    if (!operator.grants().volumes().isEmpty() || inMetadata.isEmpty()) {
      return operator.grants().volumes();
    }
    try {
      Map<String, String> volumes = VOLUMES.readValue(inMetadata.get());
      if (volumes == null) {
        throw new Mistake("volumes is null and must be names with a path each");
      }
      AppFileRules.checkVolumes(volumes);
      return volumes;
    } catch (JsonProcessingException e) {
      throw new BuildFailure.UserFault(
          "The app's volumes must be names with a path each, such as {\"data\": \"/app/data\"}");
    } catch (Mistake e) {
      throw new BuildFailure.UserFault("The app's " + e.getMessage() + "; correct it");
    }
  }

  /** What kind of process it is, if somebody says so. */
  Optional<RunPlan.Process> process() throws BuildFailure {
    return said(
            file -> file.run().process(),
            hint("process", AppFileRules::isProcess, "web or worker"),
            Optional.empty())
        .map(name -> RunPlan.Process.valueOf(name.toUpperCase(Locale.ROOT)));
  }

  /** The job's own PORT is left where it is, in its environment. */
  private OptionalInt port() throws BuildFailure {
    Optional<String> hint = hint("port", AppFileRules::isPort, "a number from 1 to 65535");
    if (operator.run().port().isPresent()) {
      return operator.run().port();
    }
    if (hint.isPresent()) {
      return OptionalInt.of(Integer.parseInt(hint.get()));
    }
    return job.environment().containsKey("PORT") ? OptionalInt.empty() : repository.run().port();
  }

  private Optional<String> hint(String name, Predicate<String> rule, String wanted)
      throws BuildFailure {
    Optional<String> said = job.hint(name);
    if (said.isPresent() && !rule.test(said.get())) {
      throw new BuildFailure.UserFault(
          "The app's %s is '%s' and must be %s; correct it"
              .formatted(name, Shown.of(said.get()), wanted));
    }
    return said;
  }

  private Optional<String> path(String name) throws BuildFailure {
    return hint(name, AppFileRules::isBelow, "a path below the repository")
        .map(path -> Path.of(path).normalize().toString());
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
