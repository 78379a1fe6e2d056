package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.RunPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A Dockerfile in the making, for one thread: what has been found out, and why. */
final class Draft {
  /** Paths that stand in a COPY as they are. */
  private static final Pattern PLAIN_PATH = Pattern.compile("[\\p{L}\\p{N}_@+.,/-]+");

  private static final int SHOWN = 500;

  private final RuntimeEntry entry;
  private final Repository checkout;
  private final Repository app;
  private final String root;
  private final Wish wish;
  private final Procfile procfile;
  private final List<String> reasons = new ArrayList<>();
  private final Map<String, Object> values = new HashMap<>();
  private Optional<String> build = Optional.empty();
  private Optional<String> start = Optional.empty();
  private RunPlan.Process process = RunPlan.Process.WEB;

  /**
   * @param checkout the whole repository
   * @param app the app's folder
   * @param root where that is below the checkout, with a slash at its end; empty if it is the same
   */
  Draft(RuntimeEntry entry, Repository checkout, Repository app, String root, Wish wish)
      throws BuildFailure {
    this.entry = entry;
    this.checkout = checkout;
    this.app = app;
    this.root = root;
    this.wish = wish;
    // its own alone: that of the repository's root is for the app that is there
    this.procfile = new Procfile(app.text("Procfile").orElse(""));
    build = wish.ownBuildCommand();
    build.ifPresent(c -> reason("Builds with " + wish.buildCommandOf() + ": " + c));
    start = wish.ownStartCommand();
    start.ifPresent(c -> reason("Starts with " + wish.startCommandOf() + ": " + c));
    wish.process()
        .ifPresent(
            kind -> {
              process = kind;
              sayProcess("the app's settings say that it is a " + name(kind));
            });
  }

  RuntimeEntry entry() {
    return entry;
  }

  Repository checkout() {
    return checkout;
  }

  Repository app() {
    return app;
  }

  String root() {
    return root;
  }

  Wish wish() {
    return wish;
  }

  /** Why, for the build log. */
  void reason(String why) {
    reasons.add(line(why));
  }

  List<String> reasons() {
    return reasons;
  }

  /**
   * A variable for the template.
   *
   * @param value a boolean, a number, a list of paths, or a text of one line
   */
  void put(String name, Object value) {
    values.put(name, value);
  }

  Map<String, Object> values() {
    return values;
  }

  /** Builds so unless the settings say how. */
  void guessBuild(String command, String why) {
    if (build.isEmpty()) {
      build = Optional.of(command);
      reason("Builds with " + command + ": " + why);
    }
  }

  Optional<String> build() {
    return build;
  }

  /** Takes what the Procfile says, unless the settings say how the app is started. */
  void takeProcfile() {
    if (wish.process().isPresent()) {
      if (process == RunPlan.Process.WORKER) {
        procfile.worker().ifPresent(command -> guessStart(command, "the Procfile's worker"));
      }
      // for a worker too, of which the Procfile has no other command
      procfile.web().ifPresent(command -> guessStart(command, "the Procfile's web"));
      return;
    }
    if (procfile.workerAlone().isPresent()) {
      become(RunPlan.Process.WORKER, "the Procfile has a worker and no web");
    }
    procfile.web().ifPresent(command -> guessStart(command, "the Procfile's web"));
    procfile.workerAlone().ifPresent(command -> guessStart(command, "the Procfile's worker"));
  }

  /** Starts so unless that is known. */
  void guessStart(String command, String why) {
    if (start.isEmpty()) {
      start = Optional.of(command);
      reason("Starts with " + command + ": " + why);
    }
  }

  Optional<String> start() {
    return start;
  }

  /** Is of that kind unless the settings say of which. */
  void become(RunPlan.Process kind, String why) {
    if (wish.process().isEmpty()) {
      process = kind;
      sayProcess(why);
    }
  }

  private void sayProcess(String why) {
    boolean worker = process == RunPlan.Process.WORKER;
    reason((worker ? "Listens on no port: " : "Listens on a port: ") + why);
  }

  private static String name(RunPlan.Process kind) {
    return kind == RunPlan.Process.WORKER ? "worker" : "web app";
  }

  RunPlan.Process process() {
    return process;
  }

  /**
   * A path of the repository for a COPY.
   *
   * @throws BuildFailure.UserFault if its name would be read as something else
   */
  static String path(String path) throws BuildFailure {
    if (!isPlain(path)) {
      throw new BuildFailure.UserFault(
          "The path '"
              + line(path)
              + "' has characters that a Dockerfile reads otherwise; rename it, or add a Dockerfile");
    }
    return path;
  }

  /**
   * The COPY instructions for single files, which keep their folders.
   *
   * @param from the folder of the repository that they are in, as {@link #root}
   */
  static List<Map<String, String>> copies(String from, Collection<String> files)
      throws BuildFailure {
    Map<String, String> byFolder = new LinkedHashMap<>();
    for (String file : files) {
      String folder = file.substring(0, file.lastIndexOf('/') + 1);
      byFolder.merge(
          folder.isEmpty() ? "./" : folder, path(from + file), (one, two) -> one + " " + two);
    }
    return byFolder.entrySet().stream()
        .map(e -> Map.of("from", e.getValue(), "to", e.getKey()))
        .toList();
  }

  /** Whether a path can stand in a COPY as it is. */
  static boolean isPlain(String path) {
    return PLAIN_PATH.matcher(path).matches() && !path.startsWith("-");
  }

  /** Several lines as one, for the build log. */
  static String line(String text) {
    String line = text.strip().replaceAll("[\\r\\n]+", " \u2424 ").replaceAll("\\p{Cntrl}", " ");
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "\u2026" : line;
  }
}
