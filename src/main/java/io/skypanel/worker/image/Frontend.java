package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program that a Dockerfile has BuildKit read it by: {@code # syntax=…}. It decides what the
 * text means and what is mounted into which step, so only those count that read it as this worker
 * does and keep the cache mounts of apps apart.
 *
 * @see <a
 *     href="https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/directives.go">how
 *     BuildKit finds it</a>
 */
final class Frontend {
  private static final Pattern COMMENT = Pattern.compile("#|//");
  private static final Pattern DIRECTIVE =
      Pattern.compile("([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(\\S*).*", Pattern.DOTALL);

  private static final Pattern HUB = Pattern.compile("(?:index\\.)?docker\\.io/");

  /** Docker's own, from 1.2 on, the first that mounts: older ones know no spaces of names. */
  private static final Set<String> DOCKERS =
      Set.of("docker/dockerfile", "docker/dockerfile-upstream");

  private static final Pattern DOCKERS_TAG =
      Pattern.compile("(?:latest|labs|master|1|1\\.(?:[2-9]|[1-9]\\d)(?:\\.\\d+)?)(?:-labs)?");

  /** Those of them that are sure to have here-documents, which came to stay with 1.4. */
  private static final Pattern HEREDOCS_TAG =
      Pattern.compile("(?:latest|labs|master|1|1\\.(?:[4-9]|[1-9]\\d)(?:\\.\\d+)?)(?:-labs)?");

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
    for (String frontend : named(dockerfile)) {
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
  static boolean knowsHeredocs(String dockerfile, boolean engine) {
    List<String> named = named(dockerfile);
    return named.isEmpty()
        ? engine
        : named.stream()
            .map(Frontend::name)
            .allMatch(
                name ->
                    !name.contains("@")
                        && DOCKERS.contains(repository(name))
                        && HEREDOCS_TAG.matcher(tag(name)).matches());
  }

  /**
   * The programs that are named before the first instruction and the first comment of another kind:
   * BuildKit goes by the first of them, and sees none behind such a comment.
   */
  static List<String> named(String dockerfile) {
    List<String> named = new ArrayList<>();
    for (String line : withoutMarks(dockerfile).split("\n", -1)) {
      String trimmed = GoText.trim(line);
      if (trimmed.isEmpty()) {
        continue;
      }
      Matcher comment = COMMENT.matcher(trimmed);
      if (!comment.lookingAt()) {
        break;
      }
      Matcher directive = DIRECTIVE.matcher(GoText.trimStart(trimmed.substring(comment.end())));
      if (!directive.matches()) {
        break;
      }
      if (GoText.lower(directive.group(1)).equals("syntax")) {
        named.add(directive.group(2));
      }
    }
    return named;
  }

  private static boolean isAllowed(String frontend, List<String> allowed) {
    if (allowed.contains(frontend)) {
      return true;
    }
    String name = name(frontend);
    String repository = repository(name);
    return !name.contains("@")
        && allowed.contains(repository)
        && (!DOCKERS.contains(repository) || DOCKERS_TAG.matcher(tag(name)).matches());
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
