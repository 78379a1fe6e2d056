package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program that a Dockerfile has BuildKit read it by: {@code # syntax=…}. It decides what the
 * text means and what is mounted into which step, so only those count that read it as this worker
 * does and keep the cache mounts of apps apart.
 */
final class Frontend {
  private static final Pattern HUB = Pattern.compile("(?:index\\.)?docker\\.io/");

  private static final Set<String> DOCKERS =
      Set.of("docker/dockerfile", "docker/dockerfile-upstream");

  /** Of Docker's own; without a minor version it is the newest. */
  private static final Pattern DOCKERS_TAG =
      Pattern.compile("(?:latest|labs|master|1|1\\.(\\d{1,2})(?:\\.\\d+)?)(?:-labs)?");

  /** The first that mounts: older ones know no namespaces of cache mounts. */
  private static final int MINOR_WITH_MOUNTS = 2;

  /** The first in which here-documents came to stay. */
  private static final int MINOR_WITH_HEREDOCS = 4;

  private Frontend() {}

  /**
   * Checks that the Dockerfile is read by an allowed program.
   *
   * @param allowed repositories, of which Docker's own count from version 1.2 on, and whole
   *     references
   * @throws BuildFailure.UserFault naming the program and those there are
   */
  static void check(String path, String dockerfile, List<String> allowed)
      throws BuildFailure.UserFault {
    if (GoText.trimStart(withoutMarks(dockerfile)).startsWith("{")) {
      throw new BuildFailure.UserFault(
          "%s is JSON, by which a program would be named that reads it; write a Dockerfile"
              .formatted(path));
    }
    for (String frontend : Directives.of(path, dockerfile).syntaxes()) {
      if (!isAllowed(frontend, allowed)) {
        throw new BuildFailure.UserFault(
            ("%s wants to be read by # syntax=%s, which is not allowed here (BUILD_FRONTENDS);"
                    + " allowed are, of Docker's own from version 1.2 on and without a digest: %s")
                .formatted(path, Shown.of(frontend), String.join(", ", allowed)));
      }
    }
  }

  /**
   * Whether what reads the Dockerfile is sure to know here-documents.
   *
   * @param engine whether the engine's own builder does
   */
  static boolean knowsHeredocs(Directives directives, boolean engine) {
    boolean named =
        directives.syntaxes().stream()
            .allMatch(frontend -> isDockers(name(frontend), MINOR_WITH_HEREDOCS));
    boolean own = directives.syntaxes().isEmpty() || !directives.certain();
    return named && (engine || !own);
  }

  private static boolean isAllowed(String frontend, List<String> allowed) {
    if (allowed.contains(frontend)) {
      return true;
    }
    String name = name(frontend);
    String repository = repository(name);
    return !name.contains("@")
        && allowed.contains(repository)
        && (!DOCKERS.contains(repository) || isDockers(name, MINOR_WITH_MOUNTS));
  }

  /** Whether it is Docker's own of that minor version or a later one. */
  private static boolean isDockers(String name, int minor) {
    Matcher tag = DOCKERS_TAG.matcher(tag(name));
    return !name.contains("@")
        && DOCKERS.contains(repository(name))
        && tag.matches()
        && (tag.group(1) == null || Integer.parseInt(tag.group(1)) >= minor);
  }

  private static String name(String frontend) {
    return HUB.matcher(frontend).lookingAt()
        ? frontend.substring(frontend.indexOf('/') + 1)
        : frontend;
  }

  private static String repository(String name) {
    return isTagged(name) ? name.substring(0, name.lastIndexOf(':')) : name;
  }

  private static String tag(String name) {
    return isTagged(name) ? name.substring(name.lastIndexOf(':') + 1) : "latest";
  }

  private static boolean isTagged(String name) {
    return name.lastIndexOf(':') > name.lastIndexOf('/');
  }

  private static String withoutMarks(String dockerfile) {
    String text = dockerfile.startsWith("\uFEFF") ? dockerfile.substring(1) : dockerfile;
    return text.startsWith("#!") ? text.substring(text.indexOf('\n') + 1) : text;
  }
}
