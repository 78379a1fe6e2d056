package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the build of a Node.js app makes files that are served as they are, and where. */
final class NodeOutput {
  private static final Pattern EXPORT = Pattern.compile("\\boutput\\s*:\\s*['\"]export['\"]");
  private static final Pattern OUT_DIR =
      Pattern.compile("\\boutDir\\s*:\\s*['\"]\\.?/?([\\w./-]+?)/?['\"]");
  private static final List<String> ENDINGS = List.of("js", "mjs", "ts", "mts", "cjs");

  private final Optional<String> folder;
  private final boolean spa;
  private final boolean export;
  private final String why;

  NodeOutput(Draft draft, JsonNode manifest) throws BuildFailure {
    Repository app = draft.app();
    this.export =
        depends(manifest, "next") && EXPORT.matcher(configuration(app, "next.config")).find();
    boolean builds = draft.build().isPresent() || NodeFacts.script(manifest, "build").isPresent();
    Optional<RuntimeEntry.Output> output =
        draft.entry().outputs().stream()
            .filter(o -> builds && depends(manifest, o.dependency()))
            .findFirst();
    if (export) {
      this.folder = Optional.of("out");
      this.spa = false;
      this.why = "output is 'export' in next.config";
    } else if (output.isPresent()) {
      this.folder = Optional.of(folder(app, output.get()));
      this.spa = output.get().spa();
      this.why = "that is what " + output.get().dependency() + " builds";
    } else {
      this.folder = Optional.empty();
      this.spa = false;
      this.why = "";
    }
  }

  /** Where the files are, if the build makes such. */
  Optional<String> folder() {
    return folder;
  }

  /** Whether one page answers every path. */
  boolean spa() {
    return spa;
  }

  /** Whether Next.js is told to make files, so that it has no server. */
  boolean isExport() {
    return export;
  }

  String why() {
    return why;
  }

  /** Whether a package is among the dependencies of any kind. */
  static boolean depends(JsonNode manifest, String name) {
    return manifest.path("dependencies").has(name) || manifest.path("devDependencies").has(name);
  }

  private static String folder(Repository app, RuntimeEntry.Output output) throws BuildFailure {
    return switch (output.dependency()) {
      case "vite", "astro" -> {
        Matcher matcher = OUT_DIR.matcher(configuration(app, output.dependency() + ".config"));
        yield matcher.find() && !matcher.group(1).contains("..")
            ? matcher.group(1)
            : output.output();
      }
      case "@angular/core" -> angular(app, output.output());
      default -> output.output();
    };
  }

  private static String angular(Repository app, String folder) throws BuildFailure {
    JsonNode projects = app.tree("angular.json").path("projects");
    if (!projects.fieldNames().hasNext()) {
      return folder;
    }
    String name = projects.fieldNames().next();
    JsonNode build = projects.path(name).path("architect").path("build");
    JsonNode path = build.path("options").path("outputPath");
    String base = path.isObject() ? path.path("base").asText("") : path.asText("");
    String browser = path.isObject() ? path.path("browser").asText("browser") : "browser";
    String output = base.isEmpty() ? folder + "/" + name : base;
    boolean ownFolder = build.path("builder").asText("").endsWith(":application");
    return Draft.path(ownFolder && !browser.isEmpty() ? output + "/" + browser : output);
  }

  private static String configuration(Repository app, String name) {
    for (String ending : ENDINGS) {
      String text = app.textOrNothing(name + "." + ending);
      if (!text.isEmpty()) {
        return text;
      }
    }
    return "";
  }
}
