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

  /** As {@link ImageInspection} has it; each step's container carries those so far. */
  private static final long MAX_LABEL_CHARS = 64 * 1024;

  /** What a variable of a base image may have, of which the text says nothing. */
  private static final long UNKNOWN_CHARS = 2048;

  private static final int SEEN_CHARS = 1024;

  private static final Set<String> SETTING = Set.of("env", "arg");

  /** They have variables of their own, of which the builder knows nothing. */
  private static final Set<String> SCRIPTS = Set.of("run", "cmd", "entrypoint", "healthcheck");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");

  /** As {@code processName} reads them. */
  private static final String NAME = "(?:\\p{Nd}++|[@*#?!$-]|[\\p{L}_][\\p{L}\\p{Nd}_]*+)";

  /** Of a replacement, whatever the escape character is, without the brace that ends it. */
  private static final String PLAIN_TEXT =
      "(?:\\$\\{%s}|\\\\[^{}'\"`]|[^{}\\\\'\"`]){0,%d}+".formatted(NAME, SEEN_CHARS);

  /**
   * With braces it may have a replacement, {@code ${A//x/much}}, of which the third group is what
   * follows the slash, if it is plain and short.
   */
  private static final String REFERENCE =
      "\\$(?:\\{(%1$s)(?=(?:(/)(%2$s})?)?)|(%1$s))".formatted(NAME, PLAIN_TEXT);

  private final String path;
  private final char escape;

  /** A variable to be filled in, or else an escaped character. */
  private final Pattern reference;

  private final Map<String, Long> lengths = new HashMap<>();

  /** The longest of those values whose names are filled in themselves: any name may be theirs. */
  private long anybodys;

  private long environment;
  private long labels;
  private long all;

  private GrowingValues(Readings dockerfile, Map<String, String> given) {
    this.path = dockerfile.path();
    this.escape = dockerfile.escape();
    this.reference =
        Pattern.compile(Pattern.quote(String.valueOf(escape)) + ".|" + REFERENCE, Pattern.DOTALL);
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
      GrowingValues values = new GrowingValues(dockerfile, given);
      for (Instruction instruction : reading) {
        values.check(instruction.inner());
      }
      // what is put off is done later, when values may be longer
      for (Instruction instruction : reading) {
        if (instruction.verb().equals("onbuild")) {
          values.checkAgain(instruction.inner());
        }
      }
    }
  }

  private void check(Instruction instruction) throws BuildFailure.UserFault {
    try {
      if (add(instruction) > MAX_CHARS) {
        throw tooLong(instruction, MAX_CHARS / 1024 + " KB");
      }
    } catch (UndecidedText e) {
      throw new BuildFailure.UserFault(
          "%s: what is set can't be told, for it has %s; write it plainly"
              .formatted(instruction.where(path), e.getMessage()));
    }
    if (all > MAX_ALL_CHARS) {
      throw tooLong(instruction, (MAX_ALL_CHARS >> 20) + " MB with those before it");
    }
    if (labels > MAX_LABEL_CHARS) {
      throw tooLong(instruction, MAX_LABEL_CHARS / 1024 + " KB with the labels before it");
    }
  }

  private void checkAgain(Instruction instruction) throws BuildFailure.UserFault {
    if (SETTING.contains(instruction.verb()) && instruction.rest().indexOf('$') >= 0) {
      throw new BuildFailure.UserFault(
          "%s is put off and sets a value by another, so how long it grows can't be told; write it plainly"
              .formatted(instruction.where(path)));
    }
    check(instruction);
  }

  /** Takes the instruction; gives how long it becomes. */
  private long add(Instruction instruction) throws UndecidedText {
    String verb = instruction.verb();
    long length =
        length(instruction.rest(), SCRIPTS.contains(verb) ? 0 : UNKNOWN_CHARS)
            + length(instruction.body(), UNKNOWN_CHARS);
    all += length + (verb.equals("run") ? environment : 0);
    labels += verb.equals("label") ? length : 0;
    if (SETTING.contains(verb) && length <= MAX_CHARS) {
      List<String> flags = instruction.flagsAndRest(escape);
      List<String> words = GlobalArguments.parseWords(flags.get(flags.size() - 1), escape);
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
    Matcher found = reference.matcher(text);
    while (found.find() && length <= MAX_CHARS) {
      String name = found.group(1) != null ? found.group(1) : found.group(4);
      if (name == null) {
        continue;
      }
      long value = Math.max(anybodys, lengths.getOrDefault(name, unknown));
      length += value;
      String replacement = found.group(3);
      if (replacement != null) {
        // it is put in for each character at most
        length += value * length(replacement, unknown);
      } else if (found.group(2) != null) {
        replaced += value;
      }
    }
    return length + replaced * length;
  }

  private BuildFailure.UserFault tooLong(Instruction instruction, String bound) {
    return new BuildFailure.UserFault(
        "Line %d of %s grows to more than %s with its variables filled in; shorten them"
            .formatted(instruction.line(), path, bound));
  }
}
