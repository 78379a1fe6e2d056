package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads which images a Dockerfile names: behind {@code FROM}, and behind {@code from=} of {@code
 * COPY --from} and {@code RUN --mount}, also where {@code ONBUILD} puts that off. A file that
 * versions of the builder read in different ways is read in each. For one thread.
 */
final class ImageReferences {
  /** As {@code strconv.Atoi} reads it: what does not fit into 64 bits is none to it. */
  private static final Pattern STAGE = Pattern.compile("\\d{1,18}");

  private final Map<String, ImageReference> found = new LinkedHashMap<>();
  private final Set<String> bases = new LinkedHashSet<>();
  private final Map<String, String> baseFlags = new LinkedHashMap<>();
  private final String dockerfile;
  private final char escape;

  private ImageReferences(Readings dockerfile) {
    this.dockerfile = dockerfile.path();
    this.escape = dockerfile.escape();
  }

  /**
   * Reads a Dockerfile.
   *
   * @param given the build arguments that the builder gets
   * @param predefined what the builder knows by itself, such as {@code TARGETARCH}
   * @throws BuildFailure.UserFault for a name that can't be told from the text
   */
  static ImageReferences of(
      Readings dockerfile, Map<String, String> given, Map<String, String> predefined)
      throws BuildFailure.UserFault {
    ImageReferences references = new ImageReferences(dockerfile);
    for (List<Instruction> reading : dockerfile.all()) {
      for (boolean hides : new boolean[] {false, true}) {
        references.read(
            reading, new GlobalArguments(given, predefined, dockerfile.escape(), hides));
      }
    }
    return references;
  }

  /** Each name once. */
  List<ImageReference> all() {
    return List.copyOf(found.values());
  }

  /** The Dockerfile's escape character. */
  char escape() {
    return escape;
  }

  /** Whether something is built on it, so that what it has put off is done. */
  boolean isBase(ImageReference reference) {
    return bases.contains(reference.name());
  }

  /** The flags of each {@code FROM}, as written, and where one is. */
  Map<String, String> baseFlags() {
    return Map.copyOf(baseFlags);
  }

  private void read(List<Instruction> instructions, GlobalArguments arguments)
      throws BuildFailure.UserFault {
    Set<String> stages = new HashSet<>();
    boolean global = true;
    for (Instruction outer : instructions) {
      Instruction instruction = outer.inner();
      String where = instruction.where(dockerfile);
      if (instruction.verb().equals("maintainer")) {
        // it has no flags, and begins with a name that may be in Latin-1
        continue;
      }
      try {
        List<String> flags = instruction.flagsAndRest(escape);
        String rest = flags.remove(flags.size() - 1);
        if (instruction.verb().equals("arg") && global) {
          arguments.declare(rest);
        } else if (instruction.verb().equals("from")) {
          global = false;
          flags.forEach(flag -> baseFlags.putIfAbsent(flag, where));
          from(rest, arguments, stages, where);
        } else {
          for (String flag : flags) {
            flag(flag, stages, where);
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
    String[] words = Instruction.BLANKS.split(GoText.trim(rest));
    // builders refuse the whole file for any other number of words, such as from x import y has
    if (words.length == 1 || words.length == 3 && words[1].equalsIgnoreCase("as")) {
      String name = arguments.expand(words[0]);
      if (add(name, stages, where)) {
        bases.add(name);
      }
      if (words.length == 3) {
        stages.add(GoText.lower(words[2]));
      }
    }
  }

  private void flag(String flag, Set<String> stages, String where) throws UndecidedText {
    String lower = GoText.lower(flag);
    if (lower.startsWith("--from=")) {
      source(flag.substring("--from=".length()), stages, where);
    } else if (lower.startsWith("--mount=")) {
      if (flag.indexOf('"') >= 0) {
        throw new UndecidedText("a quotation within a mount");
      }
      for (String field : flag.substring("--mount=".length()).split(",")) {
        if (GoText.lower(field).startsWith("from=")) {
          source(field.substring("from=".length()), stages, where);
        }
      }
    } else if (lower.equals("--from") || lower.equals("--mount")) {
      throw new UndecidedText(flag + " without '='");
    }
  }

  private void source(String name, Set<String> stages, String where) throws UndecidedText {
    if (name.matches("(?s).*[$\\\\'\"`\\s].*")) {
      throw new UndecidedText("'" + name + "', where a stage or an image must stand as it is");
    }
    // both builders take a number for a stage's, and no other number for an image
    if (!STAGE.matcher(name).matches()) {
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
    if (apps || reference.isName() || RegistryAddress.isRefused(name)) {
      found.putIfAbsent(name, reference);
    }
    return true;
  }
}
