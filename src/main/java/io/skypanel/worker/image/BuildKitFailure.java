package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells from what BuildKit or buildx said why a build failed. Immutable. */
final class BuildKitFailure {
  private static final Pattern EXIT_CODE = Pattern.compile("(?s).*exit code: (\\d{1,5})");
  private static final Pattern STEP =
      Pattern.compile("\\[(?:[^\\]]*\\s)?(\\d{1,5})/(\\d{1,5})] (.*)", Pattern.DOTALL);
  private static final Pattern IMAGE =
      Pattern.compile(
          "(?:\\[internal] load metadata for |FROM )(?:docker\\.io/(?:library/)?)?(.*)");
  private static final Pattern FRONTEND =
      Pattern.compile("(?:resolve image config for |docker-image://){1,2}(?:docker\\.io/)?(.*)");
  private static final Pattern WRAPPING =
      Pattern.compile(
          "ERROR: |failed to build: |failed to solve: |rpc error: code = Unknown desc = "
              + "|failed to solve with frontend \\S+: |failed to create LLB definition: "
              + "|failed to compute cache key: |failed to load cache key: ");
  private static final String SOLVE = "failed to solve";

  private final EngineFailure engine;

  /**
   * @param engine tells whose fault an error of the engine's is
   */
  BuildKitFailure(EngineFailure engine) {
    this.engine = engine;
  }

  /**
   * The failure of a run.
   *
   * @param failed the part of the build that failed, if one did
   * @param lines buildx's own last lines
   */
  BuildFailure of(Optional<SolveStatus.Vertex> failed, List<String> lines, int exitCode) {
    String said = unwrapped(errorIn(lines));
    if (failed.isPresent()) {
      return ofPart(failed.get().name(), unwrapped(failed.get().error().orElse("")));
    }
    if (String.join("\n", lines).contains(SOLVE)) {
      return engine.of(new EngineError(Optional.empty(), said), Optional.empty());
    }
    return said.isEmpty()
        ? new BuildFailure.WorkerFault(
            "buildx ended with exit code " + exitCode + " and without a reason", null)
        : engine.ofClient(said);
  }

  /**
   * The failure of a build that the engine did by itself.
   *
   * @param failed as above
   * @param error the engine's last word
   */
  BuildFailure of(Optional<SolveStatus.Vertex> failed, String error) {
    String said = unwrapped(error);
    if (failed.isPresent()) {
      return ofPart(failed.get().name(), unwrapped(failed.get().error().orElse("")));
    }
    return engine.of(new EngineError(Optional.empty(), said), Optional.empty());
  }

  private BuildFailure ofPart(String name, String error) {
    Matcher step = STEP.matcher(name);
    if (step.matches()) {
      Matcher code = EXIT_CODE.matcher(error);
      return engine.of(
          new EngineError(
              code.matches() ? Optional.of(Integer.valueOf(code.group(1))) : Optional.empty(),
              error),
          Optional.of(
              new BuildStep(
                  Integer.parseInt(step.group(1)),
                  Integer.parseInt(step.group(2)),
                  step.group(3))));
    }
    Matcher image = IMAGE.matcher(name);
    if (image.matches()) {
      return ofUnnumbered("FROM " + image.group(1), error);
    }
    Matcher frontend = FRONTEND.matcher(name);
    if (frontend.matches()) {
      return ofUnnumbered("# syntax=" + frontend.group(1), error);
    }
    return error.contains("dockerignore") || error.contains("exclusion pattern")
        ? engine.of(new EngineError(Optional.empty(), error), Optional.empty())
        : engine.ofClient(name + ": " + error);
  }

  private BuildFailure ofUnnumbered(String instruction, String error) {
    return engine.of(
        new EngineError(Optional.empty(), error), Optional.of(BuildStep.unnumbered(instruction)));
  }

  /** What follows the last {@code ERROR:}, else the last line. */
  private static String errorIn(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).startsWith("ERROR: ")) {
        return String.join("\n", lines.subList(i, lines.size()));
      }
    }
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /** Without the names of the layers that it came through. */
  private static String unwrapped(String message) {
    String rest = message.strip();
    Matcher wrapping = WRAPPING.matcher(rest);
    while (wrapping.lookingAt()) {
      rest = rest.substring(wrapping.end());
      wrapping = WRAPPING.matcher(rest);
    }
    return rest;
  }
}
