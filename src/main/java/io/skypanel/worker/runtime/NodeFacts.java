package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a Node.js app is installed, built and started. */
final class NodeFacts implements Facts {
  private static final List<String> ENTRY_FILES =
      List.of("server.js", "index.js", "app.js", "server.mjs", "index.mjs", "main.js");
  private static final Pattern FILE = Pattern.compile("[\\w./@-]+");

  /** No command of a developer's machine is longer, and patterns take long on what is. */
  private static final int MAX_COMMAND = 2000;

  private static final Pattern RUN = Pattern.compile("\\b(?:npm|pnpm|yarn)(?: run)? ([\\w:-]+)");

  /** Programs whose package has another name. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "nest", "@nestjs/cli",
          "tsc", "typescript",
          "dotenv", "dotenv-cli",
          "babel-node", "@babel/node",
          "remix-serve", "@remix-run/serve",
          "react-router-serve", "@react-router/serve");

  @Override
  public void find(Draft draft) throws BuildFailure {
    JsonNode manifest = draft.app().tree("package.json");
    if (!manifest.isObject() && draft.app().has("package.json")) {
      throw new BuildFailure.UserFault("package.json is no JSON object; correct it");
    }
    NodeInstall install = NodeInstall.of(draft, manifest);
    install.describe(draft);
    NodeOutput output = new NodeOutput(draft, manifest);

    if (script(manifest, "build").isPresent()) {
      draft.guessBuild(install.run("build"), "package.json has a build script");
    } else if (draft.build().isEmpty()) {
      draft.reason("Builds nothing: package.json has no build script");
    }
    findStart(draft, manifest, install, output);

    boolean isStatic = draft.start().isEmpty() && output.folder().isPresent();
    draft.put("output", isStatic ? output.folder().get() : "");
    draft.put("spa", isStatic && output.spa());
    if (isStatic) {
      draft.reason("Serves the files in " + output.folder().get() + ": " + output.why());
    } else if (draft.start().isEmpty()) {
      throw new BuildFailure.UserFault(
          "Nothing says how this Node.js app is started: add a start script to package.json, a"
              + " Procfile with a web line, or a start command to the app");
    }
    String start = draft.start().orElse("");
    draft.put("managerAtRun", install.isNeededBy(start));
    Optional<String> tool = developmentTool(manifest, start);
    tool.ifPresent(
        name ->
            draft.reason(
                "Keeps the development dependencies: the start command uses "
                    + name
                    + ", which is one; move it to dependencies for a smaller image"));
    boolean canPrune = install.canPrune(draft);
    if (!canPrune && !isStatic) {
      draft.reason(
          "Keeps the development dependencies: yarn 2 and 3 take them away by the plugin"
              + " workspace-tools alone; add it, or move to yarn 4");
    }
    draft.put("keepDevelopment", tool.isPresent() || !canPrune);
  }

  private static void findStart(
      Draft draft, JsonNode manifest, NodeInstall install, NodeOutput output) {
    boolean pnp = install.isPnp(draft);
    String node = pnp ? "yarn node " : "node ";
    Optional<String> script = script(manifest, "start");
    Optional<String> forDevelopers =
        script
            .filter(s -> s.length() <= MAX_COMMAND)
            .filter(s -> draft.entry().development().stream().anyMatch(p -> p.matcher(s).find()));
    if (forDevelopers.isPresent()) {
      draft.reason(
          "Passes over the start script of package.json: '"
              + script.get()
              + "' is for a developer's machine");
      script = Optional.empty();
    }
    if (output.isExport() && script.filter(s -> s.contains("next start")).isPresent()) {
      draft.reason("Passes over the start script of package.json: next start serves no export");
      script = Optional.empty();
    }
    Optional<String> start =
        script.map(
            s -> pnp ? install.run("start") : direct(manifest, s).orElse(install.run("start")));
    boolean asked = draft.wish().startCommand().filter(Wish.DEFAULT_START::equals).isPresent();
    if (asked && start.isPresent()) {
      draft.guessStart(
          start.get(), draft.wish().startCommandOf() + " is the start script of package.json");
    }
    draft.takeProcfile();
    start.ifPresent(command -> draft.guessStart(command, "the start script of package.json"));
    if (asked && script(manifest, "start").isEmpty()) {
      draft.reason("Passes over the start command npm start: package.json has no start script");
    }
    draft.entry().servers().stream()
        .filter(s -> NodeOutput.depends(manifest, s.dependency()) && !output.isExport())
        .findFirst()
        .ifPresent(s -> draft.guessStart(s.command(), "the app depends on " + s.dependency()));
    if (draft.start().isPresent() || output.folder().isPresent()) {
      return;
    }
    String main = manifest.path("main").asText("");
    if (FILE.matcher(main).matches() && draft.app().has(main)) {
      draft.guessStart(node + main, "main of package.json");
    }
    ENTRY_FILES.stream()
        .filter(draft.app()::has)
        .findFirst()
        .ifPresent(file -> draft.guessStart(node + file, "there is no start script"));
  }

  /**
   * The script itself, without a package manager between the container and the app, which would
   * pass SIGTERM on late, twice or never.
   */
  private static Optional<String> direct(JsonNode manifest, String script) {
    boolean hooks =
        script(manifest, "prestart").isPresent() || script(manifest, "poststart").isPresent();
    return hooks || script.contains("npm_package") || script.contains("$npm_")
        ? Optional.empty()
        : Optional.of(script);
  }

  static Optional<String> script(JsonNode manifest, String name) {
    return Optional.of(manifest.path("scripts").path(name))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(s -> !s.isBlank());
  }

  /** The development dependency that a command uses. */
  private static Optional<String> developmentTool(JsonNode manifest, String command) {
    JsonNode development = manifest.path("devDependencies");
    Matcher run = RUN.matcher(command);
    String all = command + (run.find() ? " " + script(manifest, run.group(1)).orElse("") : "");
    for (String word : all.split("[\\s;&|()\"'=]+")) {
      String name = word.replaceFirst("^(\\./)?node_modules/\\.bin/", "").replaceFirst("/.*", "");
      for (String candidate : List.of(name, PACKAGES.getOrDefault(name, name))) {
        if (development.has(candidate) && !manifest.path("dependencies").has(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }
}
