package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Shown;
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
  /**
   * Reads it.
   *
   * @param dialects of the builders that may get it
   * @throws BuildFailure.UserFault if it can't be told where an instruction begins
   */
  static Readings of(String path, String text, List<DockerfileReader.Dialect> dialects)
      throws BuildFailure.UserFault {
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
    if (Dockerfile.hasTooManyLines(String.join("\n", triggers))) {
      throw new BuildFailure.UserFault(
          "%s has put off (ONBUILD) more than %d lines; build on another image"
              .formatted(Shown.of(base), Dockerfile.MAX_LINES));
    }
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
}
