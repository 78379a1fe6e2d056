package io.skypanel.worker.image;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads out of a Dockerfile which build arguments it declares. */
final class DeclaredArguments {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private DeclaredArguments() {}

  /** The names behind {@code ARG}, in their order. */
  static Set<String> of(String dockerfile) {
    char escape = DockerfileReader.escape(dockerfile);
    Set<String> names = new LinkedHashSet<>();
    for (Instruction instruction :
        DockerfileReader.read(dockerfile, DockerfileReader.Dialect.NOW)) {
      if (instruction.verb().equals("arg")) {
        for (String word : GlobalArguments.words(instruction.rest(), escape)) {
          int equals = word.indexOf('=');
          String name = equals < 0 ? word : word.substring(0, equals);
          if (NAME.matcher(name).matches()) {
            names.add(name);
          }
        }
      }
    }
    return names;
  }
}
