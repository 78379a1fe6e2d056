package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives the steps of an app that uses build secrets a cache of their own. BuildKit takes a step for
 * done that another app's build did by the same words on the same files, whatever the secrets were:
 * whoever copies a Dockerfile would have what a neighbour's secrets left there, and whoever knows
 * one could lay something ready for it. A build argument that each stage declares keeps them apart.
 */
final class OwnCache {
  /** Its value is made with the {@link CacheKey}, so that no {@code ENV} stands in for it. */
  static final String ARGUMENT = "SKYPANEL_CACHE";

  private OwnCache() {}

  /**
   * Keeps the argument the worker's own.
   *
   * @param path what the Dockerfile is called in messages
   * @throws BuildFailure.UserFault if the text has its name: an {@code ENV} of it would win over it
   */
  static void check(String path, String dockerfile) throws BuildFailure.UserFault {
    if (dockerfile.contains(ARGUMENT)) {
      throw new BuildFailure.UserFault(
          path + " names " + ARGUMENT + ", which is the worker's own; give it another name");
    }
  }

  /** Whether the Dockerfile may use secrets. */
  static boolean isNeeded(String dockerfile) {
    return dockerfile.toLowerCase(Locale.ROOT).contains("secret");
  }

  /**
   * The Dockerfile, with the argument declared in each stage.
   *
   * @throws BuildFailure.UserFault if builders differ in where its stages begin
   */
  static String apart(Readings readings, String dockerfile) throws BuildFailure.UserFault {
    Set<Set<Integer>> ends = new HashSet<>();
    for (List<Instruction> reading : readings.all()) {
      ends.add(
          reading.stream()
              .filter(instruction -> instruction.verb().equals("from"))
              .map(Instruction::end)
              .collect(Collectors.toSet()));
    }
    if (ends.size() > 1) {
      throw new BuildFailure.UserFault(
          readings.path()
              + " uses secrets, and builders differ in which lines begin a stage of it; write"
              + " here-documents as <<EOF, and no two escape characters at the end of a line");
    }
    Set<Integer> stages = ends.iterator().next();
    String[] lines = dockerfile.split("\n", -1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      text.append(lines[i]).append(i + 1 < lines.length ? "\n" : "");
      if (stages.contains(i + 1)) {
        text.append(i + 1 < lines.length ? "" : "\n").append("ARG " + ARGUMENT + "\n");
      }
    }
    return text.toString();
  }
}
