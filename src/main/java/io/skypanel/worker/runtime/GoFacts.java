package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which package of a Go module is the program. */
final class GoFacts implements Facts {
  private static final Pattern MODULE = Pattern.compile("(?m)^module\\s+\"?([^\\s\"]+)");
  private static final Pattern MAIN = Pattern.compile("(?m)^package\\s+main\\b");
  private static final List<String> USUAL = List.of("server", "web", "api", "app", "main");

  /** Modules that are written in C. */
  private static final Pattern CGO =
      Pattern.compile(
          "(?m)^[ \\t]*(?:require\\s+)?(github\\.com/mattn/go-sqlite3|gopkg\\.in/rana/ora|github\\.com/confluentinc/confluent-kafka-go\\S*)\\s");

  @Override
  public void find(Draft draft) throws BuildFailure {
    Repository app = draft.app();
    String module = app.text("go.mod").orElse("");
    Matcher cgo = CGO.matcher(module);
    boolean usesC = cgo.find();
    draft.put("cgo", usesC);
    if (usesC) {
      draft.reason("Builds with cgo: " + cgo.group(1) + " is written in C");
    }
    boolean vendored = app.has("vendor/modules.txt");
    if (vendored) {
      draft.reason("Fetches nothing: the dependencies are in vendor");
    }
    draft.put("modules", vendored || app.has("go.work") ? "" : modules(draft));
    draft.put("main", draft.build().isPresent() ? "" : "./" + main(draft, module));
    draft.takeProcfile();
    if (draft.build().isEmpty()) {
      draft.guessStart("/app/bin/app", "that is the program it builds");
    }
    if (draft.start().isEmpty()) {
      throw new BuildFailure.UserFault(
          "The app has a build command, so it needs a start command too: the program that the"
              + " build command writes, such as ./bin/app");
    }
  }

  private static String modules(Draft draft) {
    String from = draft.root();
    return from + "go.mod" + (draft.app().has("go.sum") ? " " + from + "go.sum" : "");
  }

  private static String main(Draft draft, String module) throws BuildFailure {
    if (hasMain(draft.app(), "*.go")) {
      draft.reason("Builds the package of the top folder: it is a program");
      return "";
    }
    Set<String> programs = new TreeSet<>();
    for (String file : draft.app().glob("cmd/**.go")) {
      int slash = file.lastIndexOf('/');
      if (MAIN.matcher(draft.app().textOrNothing(file)).find() && !file.endsWith("_test.go")) {
        programs.add(Draft.path(file.substring(0, slash)));
      }
    }
    List<String> names = new ArrayList<>();
    Matcher path = MODULE.matcher(module);
    if (path.find()) {
      String name = path.group(1).replaceFirst("/v[0-9]+$", "");
      names.add(name.substring(name.lastIndexOf('/') + 1));
    }
    names.addAll(USUAL);
    if (programs.size() == 1) {
      String only = programs.iterator().next();
      draft.reason("Builds " + only + ": it is the only program");
      return only;
    }
    for (String name : names) {
      if (programs.contains("cmd/" + name)) {
        draft.reason(
            "Builds cmd/" + name + ", one of " + programs.size() + " programs, by its name");
        return "cmd/" + name;
      }
    }
    throw new BuildFailure.UserFault(
        programs.isEmpty()
            ? "No package main is in the top folder or below cmd: add one, or a build and a start command to the app"
            : "Which program of "
                + String.join(", ", programs)
                + " is meant is not clear: add a"
                + " build command such as 'go build -o bin/app ./"
                + programs.iterator().next()
                + "' and the start command './bin/app' to the app");
  }

  private static boolean hasMain(Repository app, String glob) throws BuildFailure {
    for (String file : app.glob(glob)) {
      if (!file.endsWith("_test.go") && MAIN.matcher(app.textOrNothing(file)).find()) {
        return true;
      }
    }
    return false;
  }
}
