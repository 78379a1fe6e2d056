package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads which images a Dockerfile names: behind {@code FROM}, and behind {@code from=} of {@code
 * COPY --from} and {@code RUN --mount}, also where {@code ONBUILD} puts that off. A file that
 * versions of the builder read in different ways is read in each. For one thread.
 */
final class ImageReferences {
  private final Map<String, ImageReference> found = new LinkedHashMap<>();
  private final Set<String> bases = new LinkedHashSet<>();
  private final String dockerfile;

  private ImageReferences(String dockerfile) {
    this.dockerfile = dockerfile;
  }

  /**
   * Reads a Dockerfile.
   *
   * @param path what it is called in messages
   * @param given the build arguments that the builder gets
   * @param predefined what the builder knows by itself, such as {@code TARGETARCH}
   * @throws BuildFailure.UserFault for a name that can't be told from the text
   */
  static ImageReferences of(
      String path, String text, Map<String, String> given, Map<String, String> predefined)
      throws BuildFailure.UserFault {
    ImageReferences references = new ImageReferences(path);
    if (text.replace("\r\n", "\n").indexOf('\r') >= 0) {
      throw new BuildFailure.UserFault(
          path
              + " has a carriage return within a line, which builders read differently; remove it");
    }
    Set<List<Instruction>> readings = new LinkedHashSet<>();
    for (DockerfileReader.Dialect dialect : DockerfileReader.Dialect.ALL) {
      readings.add(DockerfileReader.read(text, dialect));
    }
    char escape = DockerfileReader.escape(text);
    for (List<Instruction> reading : readings) {
      references.read(reading, new GlobalArguments(given, predefined, escape, false));
      references.read(reading, new GlobalArguments(given, predefined, escape, true));
    }
    return references;
  }

  /** Reads what a base image has put off for those that are built on it. */
  static ImageReferences ofTriggers(String base, List<String> triggers)
      throws BuildFailure.UserFault {
    ImageReferences references = new ImageReferences("an ONBUILD of " + base);
    List<Instruction> instructions = new ArrayList<>();
    for (String trigger : triggers) {
      for (DockerfileReader.Dialect dialect : DockerfileReader.Dialect.ALL) {
        instructions.addAll(DockerfileReader.read(trigger, dialect));
      }
    }
    references.read(instructions, new GlobalArguments(Map.of(), Map.of(), '\\', false));
    return references;
  }

  /** Each name once. */
  List<ImageReference> all() {
    return List.copyOf(found.values());
  }

  /** Whether something is built on it, so that what it has put off is done. */
  boolean isBase(ImageReference reference) {
    return bases.contains(reference.name());
  }

  private void read(List<Instruction> instructions, GlobalArguments arguments)
      throws BuildFailure.UserFault {
    Set<String> stages = new HashSet<>();
    int stage = -1;
    for (Instruction outer : instructions) {
      Instruction instruction = outer.inner();
      String where = where(instruction);
      try {
        if (instruction.verb().equals("arg") && stage < 0) {
          arguments.declare(instruction.rest());
          continue;
        }
        List<String> flags = instruction.flagsAndRest();
        String rest = flags.remove(flags.size() - 1);
        if (instruction.verb().equals("from")) {
          stage++;
          from(rest, arguments, stages, where);
        } else {
          for (String flag : flags) {
            flag(flag, stages, stage, where);
          }
        }
      } catch (UndecidedText e) {
        throw new BuildFailure.UserFault(
            "%s: which image is named can't be told, for it has %s; name the image plainly"
                .formatted(where, e.getMessage()));
      }
    }
  }

  private void from(String rest, GlobalArguments arguments, Set<String> stages, String where)
      throws UndecidedText {
    String[] words = GoText.trim(rest).split("[\t\u000b\f\r ]+");
    if (words.length == 1 || words.length == 3 && GoText.lower(words[1]).equals("as")) {
      String name = arguments.expand(words[0]);
      if (add(name, stages, where)) {
        bases.add(name);
      }
      if (words.length == 3) {
        stages.add(GoText.lower(words[2]));
      }
    }
  }

  private void flag(String flag, Set<String> stages, int stage, String where) throws UndecidedText {
    String lower = GoText.lower(flag);
    if (lower.startsWith("--from=")) {
      source(flag.substring("--from=".length()), stages, stage, where);
    } else if (lower.startsWith("--mount=")) {
      if (flag.indexOf('"') >= 0) {
        throw new UndecidedText("a quotation within a mount");
      }
      for (String field : flag.substring("--mount=".length()).split(",")) {
        if (GoText.lower(field).startsWith("from=")) {
          source(field.substring("from=".length()), stages, stage, where);
        }
      }
    } else if (lower.equals("--from") || lower.equals("--mount")) {
      throw new UndecidedText(flag + " without '='");
    }
  }

  private void source(String name, Set<String> stages, int stage, String where)
      throws UndecidedText {
    if (name.matches("(?s).*[$\\\\'\"`\\s].*")) {
      throw new UndecidedText("'" + name + "', where a stage or an image must stand as it is");
    }
    boolean earlier = name.matches("\\d{1,6}") && Integer.parseInt(name) < stage;
    if (!earlier) {
      add(name, stages, where);
    }
  }

  /** Notes the name unless it is a stage's; none of this worker's own names is taken for one. */
  private boolean add(String name, Set<String> stages, String where) {
    ImageReference reference = new ImageReference(name, where);
    boolean apps = reference.appRepository().isPresent();
    if (!apps && (stages.contains(GoText.lower(name)) || name.equals("scratch"))) {
      return false;
    }
    if (apps || reference.isName()) {
      found.putIfAbsent(name, reference);
    }
    return true;
  }

  private String where(Instruction instruction) {
    return "%s in line %d of %s"
        .formatted(
            Shown.of(instruction.verb().toUpperCase(Locale.ROOT)), instruction.line(), dockerfile);
  }
}
