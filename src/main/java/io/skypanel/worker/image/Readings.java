package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A Dockerfile taken apart in each way in which its builder may read it. Immutable.
 *
 * @param path what it is called in messages
 * @param escape the character by which it escapes others
 * @param all its instructions, once for each way
 */
record Readings(String path, char escape, Set<List<Instruction>> all) {
  /** Far more than people write; each takes much more of the memory than of the file. */
  private static final int MAX_LINES = 10_000;

  /**
   * Reads it.
   *
   * @param dialects of the builders that may get it
   * @throws BuildFailure.UserFault if it can't be told where an instruction begins, or for more
   *     than 10,000 lines
   */
  static Readings of(String path, String text, List<DockerfileReader.Dialect> dialects)
      throws BuildFailure.UserFault {
    checkLines(path, text.chars().filter(c -> c == '\n').count());
    if (text.replace("\r\n", "\n").indexOf('\r') >= 0) {
      throw new BuildFailure.UserFault(
          path
              + " has a carriage return within a line, which builders read differently; remove it");
    }
    char escape = Directives.of(path, text).escape();
    Set<List<Instruction>> readings = new LinkedHashSet<>();
    for (DockerfileReader.Dialect dialect : dialects) {
      readings.add(DockerfileReader.read(path, text, escape, dialect));
    }
    return new Readings(path, escape, readings);
  }

  /** What a base image has put off for those that are built on it, each on its own. */
  static Readings ofTriggers(String base, List<String> triggers) throws BuildFailure.UserFault {
    String path = "an ONBUILD of " + base;
    checkLines(
        path, triggers.stream().mapToLong(t -> 1 + t.chars().filter(c -> c == '\n').count()).sum());
    List<Instruction> instructions = new ArrayList<>();
    for (String trigger : triggers) {
      Readings readings = of(path, trigger, DockerfileReader.Dialect.ALL);
      if (readings.escape() != '\\') {
        throw new BuildFailure.UserFault(
            path + " sets an escape character; build on another image");
      }
      readings.all().forEach(instructions::addAll);
    }
    return new Readings(path, '\\', Set.of(List.copyOf(instructions)));
  }

  private static void checkLines(String path, long lines) throws BuildFailure.UserFault {
    if (lines > MAX_LINES) {
      throw new BuildFailure.UserFault(
          "%s has more than %d lines; put what is long into files of its own"
              .formatted(path, MAX_LINES));
    }
  }
}
