package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which program of a Rust package is the app. */
final class RustFacts implements Facts {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

  /** What rustup takes for one toolchain; {@code 1} is the image's own. */
  private static final Pattern TOOLCHAIN = Pattern.compile("[0-9]+(\\.[0-9]+){1,2}");

  @Override
  public void find(Draft draft) throws BuildFailure {
    Repository app = draft.app();
    JsonNode manifest = app.tree("Cargo.toml");
    toolchain(draft);
    boolean lock = app.has("Cargo.lock");
    draft.put("lock", lock);
    draft.reason(
        lock
            ? "Builds with Cargo: there is Cargo.lock"
            : "Builds with Cargo, without Cargo.lock: commit one for builds that can be repeated");
    boolean plain =
        app.has("src/main.rs")
            && !app.has("src/lib.rs")
            && !app.has("build.rs")
            && !manifest.has("workspace")
            && !manifest.has("bin")
            && !manifest.has("lib")
            && !app.text("Cargo.toml").orElse("").contains("path =");
    String root = draft.root();
    draft.put(
        "manifests", plain ? root + "Cargo.toml" + (lock ? " " + root + "Cargo.lock" : "") : "");
    if (!plain) {
      draft.reason(
          "Builds dependencies and sources in one step: the package is more than one main.rs");
    }
    draft.takeProcfile();
    String binary = draft.build().isPresent() ? "" : binary(app, manifest);
    draft.put("binary", binary);
    if (!binary.isEmpty()) {
      draft.guessStart("/usr/local/bin/" + binary, "that is the program it builds");
    }
    if (draft.start().isEmpty()) {
      throw new BuildFailure.UserFault(
          "The app has a build command, so it needs a start command too: the name of the program");
    }
  }

  /** The image has the newest Rust; rustup, which is in it too, fetches another. */
  private static void toolchain(Draft draft) {
    Wish wish = draft.wish();
    String wanted = wish.versions().getOrDefault(draft.entry().id(), "").strip();
    boolean one = TOOLCHAIN.matcher(wanted).matches();
    draft.put("toolchain", one ? wanted : "");
    if (one) {
      draft.reason("Builds with the toolchain " + wanted + ", which rustup fetches");
    } else if (!wanted.isEmpty()) {
      draft.reason("Builds with the newest toolchain: '" + wanted + "' names none as 1.80 would");
    }
  }

  private static String binary(Repository app, JsonNode manifest) throws BuildFailure {
    String byDefault = manifest.at("/package/default-run").asText("");
    List<String> names = new ArrayList<>();
    manifest.path("bin").forEach(bin -> names.add(bin.path("name").asText("")));
    if (app.has("src/main.rs") && names.isEmpty()) {
      names.add(manifest.at("/package/name").asText(""));
    }
    for (String file : app.glob("src/bin/*.rs")) {
      names.add(file.substring("src/bin/".length(), file.length() - ".rs".length()));
    }
    for (String member : app.glob("*/Cargo.toml")) {
      String folder = member.substring(0, member.length() - "Cargo.toml".length());
      if (manifest.has("workspace") && app.has(folder + "src/main.rs")) {
        names.add(app.tree(member).at("/package/name").asText(""));
      }
    }
    String name = byDefault.isEmpty() && !names.isEmpty() ? names.get(0) : byDefault;
    if (name.isEmpty() && names.isEmpty()) {
      throw new BuildFailure.UserFault(
          "Cargo.toml has no program: add src/main.rs, or a build and a start command to the app");
    }
    if (byDefault.isEmpty() && names.size() > 1 && !app.has("src/main.rs")) {
      throw new BuildFailure.UserFault(
          "Which program of "
              + Draft.line(String.join(", ", names))
              + " is meant is not clear: name it as default-run in Cargo.toml, or set rootDirectory");
    }
    if (!NAME.matcher(name).matches()) {
      throw new BuildFailure.UserFault(
          "The program's name '" + Draft.line(name) + "' in Cargo.toml is no name; correct it");
    }
    return name;
  }
}
