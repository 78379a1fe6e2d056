package io.skypanel.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Repositories that are written to keep the worker busy, or to run it out of stack. */
class RuntimesHostileTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Map<String, String> NODE =
      Map.of("package.json", "{\"scripts\": {\"start\": \"node a\"}}", "yarn.lock", "");
  private static final Map<String, String> POM = Map.of("pom.xml", "<project/>");
  private static final Map<String, String> GRADLE = Map.of("build.gradle", "");
  private static final Map<String, String> GO =
      Map.of("go.mod", "module a\n", "main.go", "package main\n");
  private static final Map<String, String> PYTHON = Map.of("requirements.txt", "fastapi\nflask\n");
  private static final Map<String, String> RUBY = Map.of("Gemfile", "");
  private static final Map<String, String> DOTNET = Map.of("a.csproj", "<Project/>");
  private static final Map<String, String> PHP = Map.of("index.php", "");
  private static final Map<String, String> RUST = Map.of("Cargo.toml", "");

  @TempDir Path checkout;

  /**
   * A file that begins so, goes on with the repeated text up to its size, and ends so.
   *
   * @param others the rest of the repository
   */
  private record Hostile(
      Map<String, String> others, String name, int bytes, String head, String unit, String tail) {
    String text() {
      int times = (bytes - head.length() - tail.length()) / unit.length();
      return head + unit.repeat(times) + tail;
    }

    @Override
    public String toString() {
      return name + ": " + (head + unit + "\u2026" + tail).replaceAll("\\s", "_");
    }
  }

  private static Hostile file(
      Map<String, String> others, String name, String head, String unit, String tail) {
    return new Hostile(others, name, MEBIBYTE, head, unit, tail);
  }

  private static Hostile small(
      Map<String, String> others, String name, String head, String unit, String tail) {
    return new Hostile(others, name, 250_000, head, unit, tail);
  }

  static Stream<Hostile> files() {
    String script = "{\"scripts\": {\"start\": \"";
    return Stream.of(
            List.of(
                file(NODE, ".yarnrc.yml", "", "yarnPath:", ""),
                file(NODE, ".yarnrc.yml", "", "yarnPath: yarn-\n", ""),
                file(NODE, ".yarnrc.yml", "nodeLinker:", " ", "x"),
                file(NODE, ".yarnrc.yml", "", "nodeLinker:\n", ""),
                file(NODE, "yarn.lock", "", "__metadata", ""),
                file(NODE, ".nvmrc", "", " ", ""),
                file(NODE, ".nvmrc", "", "1", ""),
                file(NODE, ".nvmrc", "", "1||", ""),
                file(NODE, ".tool-versions", "", "nodejs\t", ""),
                file(NODE, "Procfile", "web", " ", ""),
                file(NODE, "Procfile", "", "a:\n", ""),
                file(NODE, ".dockerignore", "", "\n", ""),
                file(NODE, "next.config.js", "", "output:", ""),
                file(NODE, "package.json", "", "[", ""),
                small(Map.of(), "package.json", "", "[", ""),
                small(Map.of(), "package.json", "", "{\"a\":", ""),
                small(Map.of(), "package.json", script, "vite --", ";\"}}"),
                small(Map.of(), "package.json", script, "vite --a ", ";\"}}"),
                small(Map.of(), "package.json", script, "a ", "\"}}"),
                small(Map.of(), "package.json", script, "yarn;", "\"}}"),
                small(Map.of(), "package.json", script, "npm run ", "\"}}")),
            List.of(
                file(POM, "pom.xml", "<project><![CDATA[", "<!--", "]]></project>"),
                file(POM, "pom.xml", "", "<!--", ""),
                file(POM, "pom.xml", "", "<a>", ""),
                file(POM, "pom.xml", "<project><release>", "1", "</project>"),
                file(POM, "pom.xml", "<project><release>1", " ", "</project>"),
                file(POM, "a/pom.xml", "", "<!--", ""),
                file(POM, ".tool-versions", "java ", "a-", ""),
                file(POM, ".java-version", "", "a", ""),
                file(POM, ".sdkmanrc", "java", " ", ""),
                file(POM, "system.properties", "java.runtime.version", " ", ""),
                file(GRADLE, "build.gradle", "sourceCompatibility", " ", "x"),
                file(GRADLE, "build.gradle", "id", " ", "x"),
                file(GRADLE, "build.gradle", "application", " ", "x"),
                file(GRADLE, "build.gradle", "", "\n ", ""),
                file(GRADLE, "build.gradle.kts", "sourceCompatibility", " ", "x"),
                file(GRADLE, "a/build.gradle", "apply plugin:", " ", "x")),
            List.of(
                file(GO, "go.mod", "module ", "a", ""),
                file(GO, "go.mod", "module ", "/v1", ""),
                file(GO, "go.mod", "", "require\n", ""),
                file(Map.of("cmd/a/a.go", ""), "go.mod", "module ", "a", ""),
                file(GO, "main.go", "package", "\n", ""),
                file(GO, "go.mod", "", "toolchain\n", "")),
            List.of(
                file(PYTHON, "main.py", "a=", "b.", ""),
                file(PYTHON, "main.py", "", "a", ""),
                file(PYTHON, "main.py", "", "a\n", ""),
                file(PYTHON, "main.py", "a:", " ", ""),
                file(PYTHON, "main.py", "a:", "b", ""),
                file(PYTHON, "requirements.txt", "", "-r requirements.txt\n", ""),
                file(PYTHON, "requirements.txt", "", "-e\n", ""),
                file(PYTHON, "requirements.txt", ".", " ", "x"),
                file(PYTHON, "requirements.txt", "", " ", "#"),
                file(PYTHON, "manage.py", "DJANGO_SETTINGS_MODULE'", " ", ""),
                file(PYTHON, "Pipfile", "", "python_version=\"", ""),
                file(PYTHON, "pyproject.toml", "a = ", "[", ""),
                small(PYTHON, "pyproject.toml", "a = ", "[", ""),
                small(PYTHON, "pyproject.toml", "", "a.", "a = 1"),
                small(PYTHON, "pyproject.toml", "[", "a.", "a]")),
            List.of(
                file(RUBY, "Gemfile", "gem", " ", "x"),
                file(RUBY, "Gemfile", "ruby", " ", "x"),
                file(RUBY, "Gemfile.lock", "", "RUBY VERSION\n", ""),
                file(DOTNET, "a.csproj", "<Project><AssemblyName>", " ", "</Project>"),
                file(DOTNET, "a.csproj", "<Project><TargetFramework>net", "1", "</Project>"),
                small(PHP, "composer.json", "{\"require\": {\"php\": \"", ">=8 ", "\"}}"),
                small(RUST, "Cargo.toml", "a = ", "[", "")))
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("files")
  void endsSoonWhateverIsInAFile(Hostile hostile) throws IOException {
    for (Map.Entry<String, String> other : hostile.others().entrySet()) {
      write(other.getKey(), other.getValue());
    }
    write(hostile.name(), hostile.text());

    assertTimeoutPreemptively(SOON, this::generate);
  }

  /** Whether it can be built does not matter, but who is blamed if not. */
  private void generate() {
    try {
      new Runtimes(Optional.empty(), Map.of()).generate(checkout, Wish.NONE);
    } catch (BuildFailure e) {
      assertThat(e).isInstanceOf(BuildFailure.UserFault.class);
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
