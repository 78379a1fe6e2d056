package io.skypanel.worker.job;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One build that the panel queued, checked: {@link FieldRules} hold, or it throws {@link
 * IllegalArgumentException}. Immutable.
 *
 * @param deploymentId the panel's id of this deployment
 * @param appId the panel's id of the app
 * @param appName for people, without what can't be seen and 200 characters at most; the
 *     repository's name where the panel gives none
 * @param organizationId the app's owner; empty where the panel gives none
 * @param createdAt when it was queued, by the panel's clock
 * @param source repository, branch and commit
 * @param dockerfilePath the Dockerfile below the checkout; empty if the job names none
 * @param buildCommand the job's build command, for repositories without a Dockerfile
 * @param startCommand the job's start command, for repositories without a Dockerfile
 * @param environment the app's variables, in the panel's order; values are secrets
 * @param metadata what else the panel says about the app or this deployment, such as {@code
 *     node_version}; see {@link #hint}
 */
public record BuildJob(
    String deploymentId,
    String appId,
    String appName,
    Optional<String> organizationId,
    Optional<Instant> createdAt,
    GitSource source,
    Optional<String> dockerfilePath,
    Optional<String> buildCommand,
    Optional<String> startCommand,
    Map<String, String> environment,
    Map<String, String> metadata)
    implements QueuedBuild {

  public BuildJob {
    FieldRules.id("deploymentId", deploymentId);
    FieldRules.id("appId", appId);
    appName = Shown.of(appName);
    organizationId.ifPresent(id -> FieldRules.id("organizationId", id));
    dockerfilePath.ifPresent(path -> FieldRules.pathBelow("dockerfilePath", path));
    FieldRules.environment(environment);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    // a journal of an earlier version has none
    metadata =
        metadata == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * What the panel's metadata says under that name, however it is spelt there: {@code nodeVersion},
   * {@code node_version} and {@code NODE-VERSION} are one. The last wins.
   */
  public Optional<String> hint(String name) {
    return metadata.entrySet().stream()
        .filter(entry -> plain(entry.getKey()).equals(plain(name)))
        .map(Map.Entry::getValue)
        .reduce((first, second) -> second);
  }

  private static String plain(String name) {
    return name.replaceAll("[_-]", "").toLowerCase(Locale.ROOT);
  }

  /** Whether the app is owned by the organization with this id; made for filters in routes. */
  public boolean belongsTo(String organization) {
    return organizationId.filter(organization::equals).isPresent();
  }

  /** This build's own folder below the workspace folder. */
  public Path workspaceIn(Path workspaceDir) {
    return workspaceDir.resolve(ImageRef.clean(deploymentId));
  }

  /** The same under another name of its app. */
  public BuildJob named(String otherName) {
    return new BuildJob(
        deploymentId,
        appId,
        otherName,
        organizationId,
        createdAt,
        source,
        dockerfilePath,
        buildCommand,
        startCommand,
        environment,
        metadata);
  }

  /** Its ids and its app's name alone: the rest may hold secrets. */
  @Override
  public String toString() {
    return "build " + deploymentId + " of app " + appName + " (" + appId + ")";
  }
}
