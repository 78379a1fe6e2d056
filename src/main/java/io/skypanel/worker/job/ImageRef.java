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

  private static final int LONGEST = 63;
  private static final int DIGITS = 8;

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
   * it is; what does not gets digits behind it, so that ids that differ stay apart.
   */
  public static String clean(String id) {
    String plain = plain(id);
    if (plain.isEmpty()) {
      throw new IllegalArgumentException("id '" + id + "' has no letter or digit");
    }
    return plain.equals(id)
        ? id
        : cut(plain, LONGEST - DIGITS - 1) + "-" + Digest.of(id).substring(0, DIGITS);
  }

  /** A name of the customer's in the same characters; {@code otherwise} if it has none of them. */
  public static String plain(String name, String otherwise) {
    String plain = plain(name);
    return plain.isEmpty() ? otherwise : plain;
  }

  private static String plain(String text) {
    String dashes = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return cut(dashes.replaceAll("^-+", ""), LONGEST);
  }

  private static String cut(String text, int length) {
    return text.substring(0, Math.min(text.length(), length)).replaceAll("-+$", "");
  }

  /** Whether {@link #clean} leaves anything of the id. */
  public static boolean isCleanable(String id) {
    return !plain(id).isEmpty();
  }

  @Override
  public String toString() {
    return repository + ":" + tag;
  }
}
