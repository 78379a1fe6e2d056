package io.skypanel.worker.image;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads out of a Dockerfile which build arguments it declares. */
final class DeclaredArguments {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private DeclaredArguments() {}

  /** The names behind {@code ARG}, however the Dockerfile is read, in their order. */
  static Set<String> of(Readings dockerfile) {
    Set<String> names = new LinkedHashSet<>();
    for (List<Instruction> reading : dockerfile.all()) {
      for (Instruction instruction : reading) {
        if (instruction.verb().equals("arg")) {
          add(instruction.rest(), dockerfile.escape(), names);
        }
      }
    }
    return names;
  }

  private static void add(String rest, char escape, Set<String> names) {
    for (String word : GlobalArguments.parseWords(rest, escape)) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (NAME.matcher(name).matches()) {
        names.add(name);
      }
    }
  }
}
