package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the dependencies of a Node.js app are installed. Immutable.
 *
 * @param manager {@code npm}, {@code pnpm}, {@code yarn} (1) or {@code berry} (yarn from 2 on)
 * @param manifest the app's package.json
 * @param lock the lock file; empty without one
 * @param workspace whether that is at the repository's root, above the app
 */
record NodeInstall(String manager, JsonNode manifest, String lock, boolean workspace) {
  private static final Pattern PACKAGE_MANAGER =
      Pattern.compile("(npm|pnpm|yarn)@([0-9]+(?:\\.[0-9]+){0,2})(?:[-+].*)?");
  private static final Pattern LOCKFILE_VERSION =
      Pattern.compile("(?m)^lockfileVersion:\\s*['\"]?([0-9]+)");

  // of one line each: what spans lines takes quadratic time on a hostile file
  private static final Pattern PNP = Pattern.compile("(?m)^nodeLinker:[ \\t]*[\"']?pnp\\b");
  private static final Pattern YARN_PATH = Pattern.compile("(?m)^yarnPath:[ \\t]*(.*)$");
  private static final Pattern OTHER_MANAGER = Pattern.compile("(?:^|[\\s;&|])(?:pnpm|yarn)\\s");

  /** What installing may need besides package.json and the lock file. */
  private static final List<String> SETTINGS =
      List.of(".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".pnpmfile.cjs");

  private static final List<String> FOLDERS =
      List.of(".yarn/releases", ".yarn/plugins", ".yarn/patches", "patches", "prisma");

  /**
   * Scripts that npm and its like run while they install, unless they are known to need nothing.
   */
  private static final List<String> HOOKS =
      List.of("preinstall", "install", "postinstall", "prepare");

  private static final Pattern HARMLESS =
      Pattern.compile(
          "(husky( install)?|is-ci \\|\\| husky( install)?|patch-package|prisma generate"
              + "|husky( install)? \\|\\| true|lefthook install|simple-git-hooks|only-allow \\w+"
              + "|npx only-allow \\w+)");

  private static final int MAX_MANIFESTS = 100;

  static NodeInstall of(Draft draft, JsonNode manifest) throws BuildFailure {
    Optional<String> lock = lock(draft.app());
    boolean above =
        !draft.root().isEmpty() && lock.isEmpty() && draft.checkout().has("package.json");
    if (above) {
      lock = lock(draft.checkout());
      above = lock.isPresent() || draft.checkout().tree("package.json").has("workspaces");
    }
    Repository top = above ? draft.checkout() : draft.app();
    JsonNode topManifest = above ? top.tree("package.json") : manifest;
    String wanted = topManifest.path("packageManager").asText("");
    Matcher matcher = PACKAGE_MANAGER.matcher(wanted);
    String byField = matcher.matches() ? matcher.group(1) : "npm";
    String name =
        switch (lock.orElse("")) {
          case "pnpm-lock.yaml" -> "pnpm";
          case "yarn.lock" -> "yarn";
          case "" -> byField;
          default -> "npm";
        };
    boolean berry =
        name.equals("yarn")
            && (top.has(".yarnrc.yml")
                || top.head("yarn.lock").contains("__metadata:")
                || (wanted.startsWith("yarn@") && !wanted.startsWith("yarn@1")));
    return new NodeInstall(berry ? "berry" : name, manifest, lock.orElse(""), above);
  }

  private static Optional<String> lock(Repository folder) {
    return List.of("pnpm-lock.yaml", "yarn.lock", "package-lock.json", "npm-shrinkwrap.json")
        .stream()
        .filter(folder::has)
        .findFirst();
  }

  /** The command that runs a script of package.json. */
  String run(String script) {
    return (manager.equals("berry") ? "yarn" : manager) + " run " + script;
  }

  /** Whether a command runs through a package manager that the base image lacks. */
  boolean isNeededBy(String command) {
    return !manager.equals("npm") && OTHER_MANAGER.matcher(command).find();
  }

  /** Whether yarn keeps packages in archives, which only what it starts itself finds. */
  boolean isPnp(Draft draft) {
    Repository top = workspace ? draft.checkout() : draft.app();
    return manager.equals("berry") && PNP.matcher(top.textOrNothing(".yarnrc.yml")).find();
  }

  /**
   * Whether development dependencies can be taken away again, which yarn 2 and 3 need a plugin for.
   */
  boolean canPrune(Draft draft) {
    String settings = (workspace ? draft.checkout() : draft.app()).textOrNothing(".yarnrc.yml");
    Matcher yarnPath = YARN_PATH.matcher(settings);
    String program = yarnPath.find() ? yarnPath.group(1) : "";
    String wanted = manifest.path("packageManager").asText("");
    boolean old =
        Stream.of("2", "3")
            .anyMatch(v -> wanted.startsWith("yarn@" + v) || program.contains("yarn-" + v + "."));
    return !old || settings.contains("plugin-workspace-tools");
  }

  /** Tells the template, and says why. */
  void describe(Draft draft) throws BuildFailure {
    Repository top = workspace ? draft.checkout() : draft.app();
    JsonNode topManifest = workspace ? top.tree("package.json") : manifest;
    draft.put("manager", manager);
    draft.put("lock", !lock.isEmpty());
    draft.put("workspace", workspace);
    draft.put("package", version(top, topManifest));
    draft.put("pnp", isPnp(draft));
    draft.put(
        "openssl",
        NodeOutput.depends(manifest, "prisma") || NodeOutput.depends(manifest, "@prisma/client"));
    draft.put("context", workspace || draft.root().isEmpty() ? "." : draft.root());
    say(draft);
    Optional<String> hook = hook(topManifest).or(() -> hook(manifest));
    List<Map<String, String>> copies =
        hook.isPresent() ? List.of() : copies(top, workspace ? "" : draft.root());
    draft.put("copies", copies);
    hook.ifPresent(
        name ->
            draft.reason(
                "Copies the sources before installing, so each change installs anew: package.json's "
                    + name
                    + " script may need them"));
  }

  private void say(Draft draft) {
    String shown = manager.equals("berry") ? "yarn (berry)" : manager;
    if (lock.isEmpty()) {
      draft.reason(
          "Installs with "
              + shown
              + " what package.json asks for, which differs from day to day:"
              + " there is no lock file; commit one for builds that can be repeated");
    } else {
      draft.reason(
          "Installs with "
              + shown
              + ": there is "
              + (workspace ? lock + " at the repository's root" : draft.root() + lock));
    }
    if (workspace) {
      draft.reason("Copies the whole repository: " + draft.root() + " is part of its workspace");
    }
  }

  /** The npm package that brings the package manager; empty for npm, which is there. */
  private String version(Repository top, JsonNode topManifest) {
    Matcher field = PACKAGE_MANAGER.matcher(topManifest.path("packageManager").asText(""));
    String own = manager.equals("berry") ? "yarn" : manager;
    String wanted = field.matches() && field.group(1).equals(own) ? field.group(2) : "";
    return switch (manager) {
      case "pnpm" -> "pnpm@" + (wanted.isEmpty() ? pnpm(top.head("pnpm-lock.yaml")) : wanted);
      case "yarn" -> "yarn@" + (wanted.isEmpty() ? "1" : wanted);
      case "berry" -> "@yarnpkg/cli-dist@" + (wanted.isEmpty() ? "4" : wanted);
      default -> "";
    };
  }

  /** The newest pnpm that reads a lock file of that kind. */
  private static String pnpm(String lock) {
    Matcher matcher = LOCKFILE_VERSION.matcher(lock);
    String kind = matcher.find() ? matcher.group(1) : "9";
    return switch (kind) {
      case "5" -> "7";
      case "6" -> "8";
      default -> "10";
    };
  }

  private static Optional<String> hook(JsonNode topManifest) {
    return HOOKS.stream()
        .filter(
            name ->
                NodeFacts.script(topManifest, name)
                    .filter(script -> !HARMLESS.matcher(script.strip()).matches())
                    .isPresent())
        .findFirst();
  }

  /** What is copied before the sources; nothing if a name is too unusual for that. */
  private List<Map<String, String>> copies(Repository top, String from) throws BuildFailure {
    boolean several = workspace || top.has("pnpm-workspace.yaml") || manifest.has("workspaces");
    List<String> files = new ArrayList<>(several ? top.glob("**/package.json") : List.of());
    if (files.size() > MAX_MANIFESTS || !files.stream().allMatch(Draft::isPlain)) {
      return List.of();
    }
    files.addAll(0, SETTINGS.stream().filter(top::has).toList());
    if (!lock.isEmpty()) {
      files.add(0, lock);
    }
    files.add(0, "package.json");
    List<Map<String, String>> copies = new ArrayList<>(Draft.copies(from, files));
    FOLDERS.stream()
        .filter(top::hasFolder)
        .forEach(f -> copies.add(Map.of("from", from + f, "to", f)));
    return copies;
  }
}
