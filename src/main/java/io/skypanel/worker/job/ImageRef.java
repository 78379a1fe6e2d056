package io.skypanel.worker.job;

import java.util.Locale;

/**
 * The name of an image: {@code skypanel-app-<appId>:<deploymentId>}, as the Node.js agent named
 * them.
 *
 * @param repository the part before the colon
 * @param tag the part after it
 */
public record ImageRef(String repository, String tag) {
  /** What every app's image repository and container name begins with. */
  public static final String PREFIX = "skypanel-app-";

  /** The image of one deployment of one app. */
  public static ImageRef of(BuildJob job) {
    return new ImageRef(PREFIX + clean(job.appId()), clean(job.deploymentId()));
  }

  /** The name of the deployment's container: {@code skypanel-app-<appId>-<deploymentId>}. */
  public static String containerName(BuildJob job) {
    return containerName(job.appId(), job.deploymentId());
  }

  /** The same by the two ids. */
  public static String containerName(String appId, String deploymentId) {
    return PREFIX + clean(appId) + "-" + clean(deploymentId);
  }

  /** The engine's name of one of the app's volumes: {@code skypanel-app-<appId>-<name>}. */
  public static String volumeName(BuildJob job, String name) {
    return PREFIX + clean(job.appId()) + "-" + name;
  }

  /**
   * An id in the characters that image references, container names and file names all allow: lower
   * case, with runs of anything else turned into one dash, 63 characters at most. A UUID stays as
   * it is.
   */
  public static String clean(String id) {
    String cleaned =
        id.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-+", "")
            .replaceAll("-+$", "");
    if (cleaned.isEmpty()) {
      throw new IllegalArgumentException("id '" + id + "' has no letter or digit");
    }
    return cleaned.length() <= 63 ? cleaned : cleaned.substring(0, 63).replaceAll("-+$", "");
  }

  /** The same for a text that may have no letter or digit: then {@code otherwise}. */
  public static String clean(String text, String otherwise) {
    return isCleanable(text) ? clean(text) : otherwise;
  }

  /** Whether {@link #clean} leaves anything of the id. */
  public static boolean isCleanable(String id) {
    return id.toLowerCase(Locale.ROOT).matches("(?s).*[a-z0-9].*");
  }

  @Override
  public String toString() {
    return repository + ":" + tag;
  }
}
