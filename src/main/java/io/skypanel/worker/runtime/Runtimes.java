package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.settings.ImageSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes Dockerfiles for repositories that have none, by the table and the templates of {@code
 * runtimes/}. Immutable and thread-safe; the files are read at each call.
 */
public final class Runtimes {
  /** Where BuildKit shows a command the app's variables; the builder offers a secret of that id. */
  private static final String SECRET = "/run/secrets/environment";

  private static final String MOUNT = "--mount=type=secret,id=environment ";
  private static final String SOURCE = "[ ! -f " + SECRET + " ] || . " + SECRET + "; ";

  /**
   * A build argument that says when the variables have changed, which BuildKit doesn't see of
   * secrets: a digest that tells nothing of their values. The builder may give it.
   */
  public static final String DIGEST = "ENVIRONMENT_DIGEST";

  /** Variables that would break the commands of a build. */
  private static final Set<String> NOT_AT_BUILD = Set.of("PATH", "HOME", "SHELL", "PWD", "IFS");

  private static final List<String> NEVER_COPIED =
      List.of(".git", "**/.DS_Store", "**/Dockerfile", "**/.dockerignore");

  private final RuntimeFiles files;
  private final Images images;
  private final Clock clock;

  /**
   * @param directory {@code RUNTIMES_DIR}; empty: the copies in the jar. A file that is missing
   *     there is taken from the jar.
   * @param images {@code RUNTIME_IMAGE_*} by lower-case name
   */
  public Runtimes(Optional<Path> directory, Map<String, String> images) {
    this(directory, images, Clock.systemUTC());
  }

  /**
   * The same, for tests.
   *
   * @param clock what tells whether a version is past its end of life
   */
  public static Runtimes at(Optional<Path> directory, Map<String, String> images, Clock clock) {
    return new Runtimes(directory, images, clock);
  }

  private Runtimes(Optional<Path> directory, Map<String, String> images, Clock clock) {
    this.files = new RuntimeFiles(directory);
    this.images = new Images(images);
    this.clock = clock;
  }

  /** With the operator's files and images. */
  public static Runtimes of(ImageSettings settings) {
    return new Runtimes(settings.runtimesDir(), settings.runtimeImages());
  }

  /** Names of what can be detected, for error messages; none if the table can't be read. */
  public List<String> names() {
    try {
      return RuntimeTable.read(files).runtimes().stream().map(RuntimeEntry::name).toList();
    } catch (BuildFailure e) {
      return List.of();
    }
  }

  /**
   * Writes a Dockerfile.
   *
   * @param checkout the work tree
   * @return empty if nothing is recognised
   * @throws BuildFailure.UserFault with what is to be changed: a version that is not known, no
   *     start command, no such {@code rootDirectory}
   * @throws BuildFailure.WorkerFault if the table or a template is broken, or the operator pins a
   *     runtime that is not in the table
   */
  public Optional<Generated> generate(Path checkout, Wish wish) throws BuildFailure {
    return generateIn(checkout.toAbsolutePath().normalize(), wish);
  }

  private Optional<Generated> generateIn(Path checkout, Wish wish) throws BuildFailure {
    RuntimeTable table = RuntimeTable.read(files);
    Repository whole = open(checkout, checkout);
    String root = root(whole, wish);
    Repository app = open(checkout, checkout.resolve(root));
    Optional<RuntimeEntry> entry =
        wish.runtime().isPresent() ? pinned(table, wish.runtime().get()) : table.detect(app);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(generate(new Draft(entry.get(), whole, app, root, wish)));
  }

  private Generated generate(Draft draft) throws BuildFailure {
    RuntimeEntry entry = draft.entry();
    List<String> detected = new ArrayList<>();
    String version = "";
    if (entry.versions().isPresent()) {
      LocalDate today = LocalDate.ofInstant(clock.instant(), clock.getZone());
      version =
          new VersionChoice(entry, entry.versions().get(), today)
              .choose(draft.app(), draft.wish(), detected);
    } else {
      detected.add("Detected " + entry.name());
    }
    draft.put("version", version);
    draft.put("images", images.of(entry, version));
    if (entry.facts().isPresent()) {
      Facts.BY_NAME.get(entry.facts().get()).find(draft);
    } else {
      draft.takeProcfile();
    }
    entry.start().ifPresent(command -> draft.guessStart(command, "the usual one"));
    detected.addAll(draft.reasons());
    check(draft);
    fillIn(draft);
    String text =
        new Templates(files).fill(entry.template(), draft.values(), draft.wish().buildKit());
    Dockerfile dockerfile =
        new Dockerfile(
            "Dockerfile (generated for " + entry.name() + ")", text, Optional.of(ignore(draft)));
    return new Generated(entry.id(), dockerfile, detected, draft.process());
  }

  /** No value of a repository may end the line of a Dockerfile that it stands in. */
  private static void check(Draft draft) throws BuildFailure {
    for (Map.Entry<String, Object> value : draft.values().entrySet()) {
      if (value.getValue() instanceof String text
          && text.chars().anyMatch(Character::isISOControl)) {
        throw new BuildFailure.UserFault(
            "The repository's value for %s, '%s', has control characters; correct it"
                .formatted(value.getKey(), Draft.line(text)));
      }
    }
  }

  /** What every template may use. */
  private static void fillIn(Draft draft) {
    Wish wish = draft.wish();
    List<String> variables =
        wish.variables().stream()
            .filter(name -> name.matches("[A-Za-z_][A-Za-z0-9_]*") && !NOT_AT_BUILD.contains(name))
            .toList();
    boolean secret = wish.buildKit() && !wish.variables().isEmpty();
    String mount = secret ? MOUNT : "";
    String source = secret ? SOURCE : "";
    draft.put("name", draft.entry().name());
    draft.put("root", draft.root());
    draft.put("sources", draft.root().isEmpty() ? "." : draft.root());
    draft.put("buildKit", wish.buildKit());
    draft.put("web", draft.process() == RunPlan.Process.WEB);
    draft.put("port", draft.entry().port());
    draft.put("environment", mount + source);
    draft.put("arguments", wish.buildKit() ? List.of() : variables);
    draft.put("buildArguments", secret ? List.of(DIGEST) : List.of());
    draft.put("build", draft.build().map(c -> mount + Shell.execForm(source + c)).orElse(""));
    draft.put("start", draft.start().map(Shell::processForm).orElse(""));
  }

  private static String ignore(Draft draft) {
    List<String> lines = new ArrayList<>();
    String own = draft.checkout().textOrNothing(".dockerignore");
    if (!own.isBlank()) {
      lines.add("# the repository's");
      own.lines().forEach(lines::add);
      lines.add("# the worker's");
    }
    lines.addAll(NEVER_COPIED);
    draft.entry().ignore().stream()
        .map(line -> line.startsWith("**/") || line.startsWith("!") ? line : draft.root() + line)
        .forEach(lines::add);
    return lines.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static Optional<RuntimeEntry> pinned(RuntimeTable table, String id) throws BuildFailure {
    Optional<RuntimeEntry> entry = table.find(id);
    if (entry.isEmpty()) {
      throw new BuildFailure.WorkerFault(
          "The operator's file pins the runtime '%s', which is none of %s; correct it"
              .formatted(
                  Draft.line(id),
                  table.runtimes().stream()
                      .map(RuntimeEntry::id)
                      .collect(Collectors.joining(", "))),
          null);
    }
    return entry;
  }

  /** The app's folder below the checkout, with a slash at its end, or nothing. */
  private static String root(Repository checkout, Wish wish) throws BuildFailure {
    String wanted = wish.rootDirectory().orElse("");
    String path = checkout.hasFolder(wanted) ? Path.of(wanted).normalize().toString() : wanted;
    if (!checkout.hasFolder(path)) {
      // who calls has looked, and blames the right one
      throw new BuildFailure.UserFault("There is no folder '" + Draft.line(wanted) + "'");
    }
    return path.isEmpty() ? "" : Draft.path(path) + "/";
  }

  private static Repository open(Path checkout, Path folder) throws BuildFailure {
    try {
      return new Repository(checkout, folder);
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The checkout can't be read: " + e, e);
    }
  }
}
