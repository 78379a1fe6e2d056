package io.skypanel.worker;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.runtime.Generated;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.runtime.Wish;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.Setting;
import io.skypanel.worker.settings.SettingSources;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints what would be built for a folder, and why, without building it. Immutable. */
final class Explain {
  private static final String IMAGE = "RUNTIME_IMAGE_";

  private final Runtimes runtimes;

  Explain(Runtimes runtimes) {
    this.runtimes = runtimes;
  }

  /** With the settings that matter here alone, so that it needs no panel and no state folder. */
  static Explain of(SettingSources sources, Machine machine) {
    Optional<Path> directory =
        sources
            .find(Setting.RUNTIMES_DIR)
            .map(Path::of)
            .or(
                () ->
                    Stream.of(
                            machine.workingDirectory(),
                            machine.installation(),
                            machine.installation().resolve(".."))
                        .map(folder -> folder.resolve("runtimes"))
                        .filter(folder -> Files.isRegularFile(folder.resolve("runtimes.yaml")))
                        .findFirst());
    return new Explain(new Runtimes(directory, images(sources)));
  }

  private static Map<String, String> images(SettingSources sources) {
    Map<String, String> images = new TreeMap<>();
    for (Map<String, String> source :
        List.of(sources.properties(), sources.dotEnv(), sources.environment())) {
      source.forEach(
          (key, value) -> {
            String name = key.toUpperCase(Locale.ROOT).replace('.', '_');
            if (name.startsWith(IMAGE)) {
              images.put(name.substring(IMAGE.length()).toLowerCase(Locale.ROOT), value);
            }
          });
    }
    return images;
  }

  /**
   * Prints the reasons, the Dockerfile and its {@code .dockerignore}.
   *
   * @return the exit code: 1 if nothing can be built
   */
  int print(Path folder, Wish wish, PrintStream out, PrintStream err) {
    if (!Files.isDirectory(folder)) {
      err.println(folder + " is no folder");
      return 1;
    }
    try {
      Optional<Generated> generated = runtimes.generate(folder, wish);
      if (generated.isPresent()) {
        out.print(text(generated.get()));
        return 0;
      }
      err.println(
          "Nothing is recognised in this folder; known are "
              + String.join(", ", runtimes.names())
              + ". Add the file that names its dependencies, or a Dockerfile.");
    } catch (BuildFailure e) {
      err.println(e.getMessage());
    }
    return 1;
  }

  private static String text(Generated generated) {
    return generated.reasons().stream().map(r -> r + "\n").collect(Collectors.joining())
        + "\n# "
        + generated.dockerfile().path()
        + "\n"
        + generated.dockerfile().text()
        + "\n# .dockerignore\n"
        + generated.dockerfile().ignore().orElse("");
  }

  /** What the command line asks for. */
  static Wish wish(
      Optional<String> root,
      Map<String, String> versions,
      Optional<String> build,
      Optional<String> start,
      Set<String> variables,
      boolean classic) {
    return new Wish(
        Optional.empty(),
        root,
        versions,
        versions.keySet().stream().collect(Collectors.toMap(k -> k, k -> "--version")),
        build,
        start,
        variables,
        !classic);
  }
}
