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
 * engine's own process, take the square of the time to fill such values in, and hand all of them to
 * each step. Adds up how long each value may be at most; a new stage forgets none, since it may
 * stand on any other. For one reading and thread.
 */
final class GrowingValues {
  /** Of one instruction, filled in; no environment of a process could hold more. */
  private static final long MAX_CHARS = 128 * 1024;

  /** Of all instructions together, and of all that is handed to their steps. */
  private static final long MAX_ALL_CHARS = 64L << 20;

  /** What a variable of a base image may have, of which the text says nothing. */
  private static final long UNKNOWN_CHARS = 2048;

  private static final int SEEN_CHARS = 1024;

  private static final Set<String> SETTING = Set.of("env", "arg");

  /** They have variables of their own, of which the builder knows nothing. */
  private static final Set<String> SCRIPTS = Set.of("run", "cmd", "entrypoint", "healthcheck");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");

  /** With braces it may have a replacement: {@code ${A//x/much}}. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "\\$(?:\\{([A-Za-z_]\\w*)(?=(/[^}]{0," + SEEN_CHARS + "})?)|([A-Za-z_]\\w*))");

  private final Map<String, Long> lengths = new HashMap<>();

  /** The longest of those values whose names are filled in themselves: any name may be theirs. */
  private long anybodys;

  private long environment;
  private long all;

  private GrowingValues(Map<String, String> given) {
    given.forEach((name, value) -> set(name, value.length()));
  }

  /**
   * Checks each reading.
   *
   * @param given the build arguments that the builder gets
   * @throws BuildFailure.UserFault naming the line of a value that is too long
   */
  static void check(Readings dockerfile, Map<String, String> given) throws BuildFailure.UserFault {
    for (List<Instruction> reading : dockerfile.all()) {
      GrowingValues values = new GrowingValues(given);
      for (Instruction outer : reading) {
        Instruction instruction = outer.inner();
        if (values.add(instruction, dockerfile.escape()) > MAX_CHARS) {
          throw tooLong(dockerfile, instruction, MAX_CHARS / 1024 + " KB");
        }
        if (values.all > MAX_ALL_CHARS) {
          throw tooLong(
              dockerfile, instruction, (MAX_ALL_CHARS >> 20) + " MB with those before it");
        }
      }
    }
  }

  /** Takes the instruction; gives how long it becomes. */
  private long add(Instruction instruction, char escape) {
    String verb = instruction.verb();
    long length = length(instruction.rest(), SCRIPTS.contains(verb) ? 0 : UNKNOWN_CHARS);
    all += length + (verb.equals("run") ? environment : 0);
    if (SETTING.contains(verb) && length <= MAX_CHARS) {
      List<String> words = GlobalArguments.parseWords(instruction.rest(), escape);
      // ENV NAME and all the rest
      boolean old = verb.equals("env") && !words.isEmpty() && words.get(0).indexOf('=') < 0;
      for (String word : old ? words.subList(0, 1) : words) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        // what is set in another way is not forgotten
        set(name, equals < 0 ? length : length(word, UNKNOWN_CHARS));
      }
    }
    return length;
  }

  private void set(String name, long length) {
    long before = lengths.getOrDefault(name, 0L);
    if (length > before) {
      lengths.put(name, length);
      environment += length - before;
    }
    if (!PLAIN.matcher(name).matches()) {
      anybodys = Math.max(anybodys, length);
    }
  }

  private long length(String text, long unknown) {
    long length = text.length();
    long replaced = 0;
    Matcher reference = REFERENCE.matcher(text);
    while (reference.find() && length <= MAX_CHARS) {
      boolean braces = reference.group(1) != null;
      String name = reference.group(braces ? 1 : 3);
      long value = Math.max(anybodys, lengths.getOrDefault(name, unknown));
      length += value;
      String replacement = reference.group(2);
      if (replacement != null) {
        boolean whole = replacement.length() <= SEEN_CHARS && replacement.indexOf('$') < 0;
        // what is put in for each character
        length += whole ? value * replacement.length() : 0;
        replaced += whole ? 0 : value;
      }
    }
    return length + replaced * length;
  }

  private static BuildFailure.UserFault tooLong(
      Readings dockerfile, Instruction instruction, String bound) {
    return new BuildFailure.UserFault(
        "Line %d of %s grows to more than %s with its variables filled in; shorten them"
            .formatted(instruction.line(), dockerfile.path(), bound));
  }
}
