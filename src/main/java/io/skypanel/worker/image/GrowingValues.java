package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps values from growing without bound: {@code ENV A=$A$A} doubles, and the builders, inside the
 * engine's own process, take the square of the time to fill such values in.
 */
final class GrowingValues {
  /** Of one value, filled in; no environment of a process could hold more. */
  private static final long MAX_CHARS = 128 * 1024;

  private static final Set<String> SETTING = Set.of("env", "arg", "label");
  private static final Pattern NAME = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");

  private GrowingValues() {}

  /**
   * Adds up how long each value may be at most.
   *
   * @throws BuildFailure.UserFault naming the line of one that is too long
   */
  static void check(Readings dockerfile) throws BuildFailure.UserFault {
    for (List<Instruction> reading : dockerfile.all()) {
      Map<String, Long> lengths = new HashMap<>();
      for (Instruction outer : reading) {
        Instruction instruction = outer.inner();
        long all = length(instruction.rest(), lengths);
        if (all > MAX_CHARS) {
          throw new BuildFailure.UserFault(
              "Line %d of %s grows to more than %d KB with its variables filled in; shorten them"
                  .formatted(instruction.line(), dockerfile.path(), MAX_CHARS / 1024));
        }
        if (SETTING.contains(instruction.verb())) {
          for (String word : GlobalArguments.words(instruction.rest(), dockerfile.escape())) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            // what is set in another way, or elsewhere, is not forgotten
            lengths.merge(name, equals < 0 ? all : length(word, lengths), Math::max);
          }
        }
      }
    }
  }

  private static long length(String text, Map<String, Long> lengths) {
    long length = text.length();
    Matcher name = NAME.matcher(text);
    while (name.find() && length <= MAX_CHARS) {
      length += lengths.getOrDefault(name.group(1), 0L);
    }
    return length;
  }
}
