package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.plan.PlanBuild;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.settings.ImageSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code explain} prints for each folder below {@code repositories/} stands in {@code
 * golden/}. A change that is meant is written there by {@code -Dgolden.update=true}, and read in
 * the diff. Options stand in {@code <name>.options}, a word a line.
 */
class ExplainTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path REPOSITORIES = RESOURCES.resolve("repositories");

  static List<String> names() throws IOException {
    try (Stream<Path> folders = Files.list(REPOSITORIES)) {
      return folders
          .filter(Files::isDirectory)
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void explainsARepositoryAsAnExpertWould(String name) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    List<String> words = words(name);
    int exit =
        explain(words.contains("--classic"))
            .print(REPOSITORIES.resolve(name), app(words), out, out);

    String text = "exit code " + exit + "\n\n" + printed.toString(StandardCharsets.UTF_8);
    Path golden = RESOURCES.resolve("golden").resolve(name + ".txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, text);
    }
    assertThat(golden).exists();
    assertThat(text).isEqualTo(Files.readString(golden));
  }

  private static Explain explain(boolean classic) {
    return new Explain(new PlanBuild(ImageSettings.DEFAULT, runtimes(), () -> !classic));
  }

  /** Of a day on which some versions are past their end of life. */
  private static Runtimes runtimes() {
    return Runtimes.at(
        Optional.of(Path.of("runtimes")),
        Map.of(),
        Clock.fixed(Instant.parse("2026-11-25T00:00:00Z"), ZoneOffset.UTC));
  }

  private static List<String> words(String name) throws IOException {
    Path file = REPOSITORIES.resolve(name + ".options");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static Explain.App app(List<String> words) {
    Map<String, String> values = new HashMap<>();
    Map<String, String> versions = new HashMap<>();
    Set<String> variables = new HashSet<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      switch (words.get(i)) {
        case "--version" ->
            versions.put(words.get(i + 1).split("=")[0], words.get(i + 1).split("=")[1]);
        case "--variable" -> variables.add(words.get(i + 1));
        default -> values.put(words.get(i), words.get(i + 1));
      }
    }
    return new Explain.App(
        Optional.ofNullable(values.get("--root")),
        versions,
        Optional.ofNullable(values.get("--build-command")),
        Optional.ofNullable(values.get("--start-command")),
        variables);
  }
}
