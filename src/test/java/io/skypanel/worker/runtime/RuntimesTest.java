package io.skypanel.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.RunPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimesTest {
  private static final String NODE = "{\"scripts\": {\"start\": \"node index.js\"}}";

  @TempDir Path folder;
  private Path checkout;
  private Path templates;

  @BeforeEach
  void makeFolders() throws IOException {
    checkout = Files.createDirectory(folder.resolve("checkout"));
    templates = Files.createDirectory(folder.resolve("runtimes"));
  }

  @Test
  void takesTheFilesOutOfTheJarWithoutAFolder() throws Exception {
    write("package.json", NODE);

    Generated generated = generate(Wish.NONE);

    assertThat(generated.runtime()).isEqualTo("node");
    assertThat(generated.process()).isEqualTo(RunPlan.Process.WEB);
    assertThat(generated.dockerfile().isGenerated()).isTrue();
    assertThat(generated.dockerfile().path()).isEqualTo("Dockerfile (generated for Node.js)");
  }

  @Test
  void recognisesNothingInAnEmptyRepository() throws Exception {
    assertThat(runtimes(Map.of()).generate(checkout, Wish.NONE)).isEmpty();
  }

  @Test
  void namesWhatItKnows() {
    assertThat(runtimes(Map.of()).names()).contains("Node.js", "Python", ".NET");
  }

  @Test
  void takesTheVersionOfTheJobBeforeTheRepositorys() throws Exception {
    write("package.json", NODE);
    write(".nvmrc", "22");

    Generated generated =
        generate(
            new Wish(
                Optional.empty(),
                Optional.empty(),
                Map.of("node", "20.x"),
                Map.of("node", "the job's node_version"),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));

    assertThat(generated.reasons())
        .contains("Detected Node.js 20 from the job's node_version (20.x)");
    assertThat(generated.dockerfile().text()).contains("FROM node:20 ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "lts/*; 24",
        "lts/jod; 22",
        "node; 24",
        "v22.11.0; 22",
        "^14.17.0 || ^16.13.0 || ^18.12.0 || >=19.0.0 <21.0.0 || >=20.9.0 <21; 20",
      })
  void resolvesAVersionByTheTable(String written, String version) throws Exception {
    write(
        "package.json",
        NODE.replaceFirst("\\{", "{\"engines\": {\"node\": \"" + written + "\"}, "));

    assertThat(generate(Wish.NONE).dockerfile().text()).contains("FROM node:" + version + " ");
  }

  @ParameterizedTest
  @CsvSource({"1.8, 8", "16, 17", "21, 21"})
  void buildsOldJavaWithTheNextOfLongSupport(String written, String version) throws Exception {
    write("pom.xml", "<project><java.version>" + written + "</java.version><mainClass/></project>");
    write("Procfile", "web: java -jar target/a.jar");

    assertThat(generate(Wish.NONE).dockerfile().text())
        .contains("FROM maven:3-eclipse-temurin-" + version + " ");
  }

  @Test
  void replacesBaseImages() throws Exception {
    write("package.json", NODE);
    Runtimes runtimes = runtimes(Map.of("node", "mirror.example/node-{version}"));

    String text = runtimes.generate(checkout, Wish.NONE).orElseThrow().dockerfile().text();

    // both: the image to run on follows the one to build on
    assertThat(text.lines().filter(l -> l.startsWith("FROM")))
        .containsExactly("FROM mirror.example/node-24 AS build", "FROM mirror.example/node-24");
  }

  @Test
  void replacesAnImageToRunOnByItsOwnName() throws Exception {
    write("package.json", NODE);
    Runtimes runtimes = runtimes(Map.of("node", "one", "node_run", "two"));

    String text = runtimes.generate(checkout, Wish.NONE).orElseThrow().dockerfile().text();

    assertThat(text.lines().filter(l -> l.startsWith("FROM")))
        .containsExactly("FROM one AS build", "FROM two");
  }

  @Test
  void takesAnEditedTemplateAtOnce() throws Exception {
    write("package.json", NODE);
    Runtimes runtimes = new Runtimes(Optional.of(templates), Map.of());
    assertThat(runtimes.generate(checkout, Wish.NONE)).isPresent();

    Files.writeString(
        templates.resolve("node.dockerfile"), "FROM {{ images[\"node\"] }}\nCMD {{ start }}\n");

    assertThat(runtimes.generate(checkout, Wish.NONE).orElseThrow().dockerfile().text())
        .isEqualTo("FROM node:24\nCMD [\"/bin/sh\",\"-c\",\"exec node index.js\"]\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{ nothing }}", "{% if %}", "{% include \"missing.part\" %}"})
  void blamesTheWorkerForABrokenTemplate(String broken) throws Exception {
    write("package.json", NODE);
    Files.writeString(templates.resolve("node.dockerfile"), "FROM x\n" + broken + "\n");
    Runtimes runtimes = new Runtimes(Optional.of(templates), Map.of());

    assertThatThrownBy(() -> runtimes.generate(checkout, Wish.NONE))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageMatching("(?s).*(node\\.dockerfile:2: .*|missing\\.part is missing.*)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runtimes:\n  - id: node\n    nme: x\n",
        "runtimes:\n  - id: [\n",
        "runtimes:\n  - {id: X, name: x,\n     detect: {any: [a]}, template: t}\n",
        "runtimes:\n  - {id: x, name: x,\n     detect: {any: [a]}, template: t, facts: magic}\n",
        "runtimes:\n  - {id: x, name: x,\n     detect: {}, template: t}\n"
      })
  void blamesTheWorkerForABrokenTable(String broken) throws Exception {
    Files.writeString(templates.resolve("runtimes.yaml"), broken);

    assertThatThrownBy(
            () -> new Runtimes(Optional.of(templates), Map.of()).generate(checkout, Wish.NONE))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageMatching("(?s).*runtimes\\.yaml:[1-4]: .+");
  }

  @Test
  void readsNoLinkThatLeadsOutOfTheCheckout() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.json"), NODE);
    Files.createSymbolicLink(checkout.resolve("package.json"), secret);

    assertThat(runtimes(Map.of()).generate(checkout, Wish.NONE)).isEmpty();
  }

  @Test
  void entersNoRootDirectoryOutsideOfTheCheckout() throws Exception {
    Files.createSymbolicLink(checkout.resolve("app"), folder);

    for (String root : Stream.of("app", "..", "../runtimes", "missing", "a\0b").toList()) {
      assertThatThrownBy(() -> generate(root(root)))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("There is no folder '");
    }
  }

  @Test
  void refusesARootDirectoryThatADockerfileReadsOtherwise() throws Exception {
    Files.createDirectory(checkout.resolve("a b\nRUN evil"));

    assertThatThrownBy(() -> generate(root("a b\nRUN evil")))
        .isInstanceOf(BuildFailure.UserFault.class);
  }

  @Test
  void readsNoFileOfMoreThanAMebibyte() throws Exception {
    write("go.mod", " ".repeat((1 << 20) + 1));

    assertThatThrownBy(() -> generate(Wish.NONE))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("go.mod is larger than 1 MiB");
  }

  @Test
  void makesNoTreeOfMoreThanAQuarterOfThat() throws Exception {
    write("package.json", NODE + " ".repeat(256 << 10));

    assertThatThrownBy(() -> generate(Wish.NONE))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("package.json is larger than 256 KiB");
  }

  @Test
  void readsNoMoreThanSixtyFourMebibytesAltogether() throws Exception {
    Repository repository = new Repository(checkout, checkout);
    write("large", "x".repeat(1 << 20));
    for (int i = 0; i < 64; i++) {
      assertThat(repository.text("large")).isPresent();
    }

    assertThatThrownBy(() -> repository.text("large"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("larger than 64 MiB altogether");
  }

  @Test
  void looksIntoSoManyModulesOfAJavaProjectAlone() throws Exception {
    write("build.gradle", "");
    for (int i = 100; i < 310; i++) {
      Files.createDirectory(checkout.resolve("m" + i));
      write("m" + i + "/build.gradle", i < 300 ? "" : "apply plugin: 'application'");
    }

    assertThatThrownBy(() -> generate(Wish.NONE))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("makes no jar that can be started");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node index.js\\nRUN evil",
        "node \\\"a\\\" <<EOF\\nUSER root\\nEOF",
        "node x \\\\",
        "--mount=type=bind node"
      })
  void keepsAScriptInsideItsInstruction(String script) throws Exception {
    write("package.json", "{\"scripts\": {\"start\": \"" + script + "\"}}");
    Generated plain;
    Generated hostile = generate(Wish.NONE);
    write("package.json", NODE);
    plain = generate(Wish.NONE);

    assertThat(hostile.dockerfile().text().lines().filter(l -> !l.startsWith("CMD ")))
        .containsExactlyElementsOf(
            plain.dockerfile().text().lines().filter(l -> !l.startsWith("CMD ")).toList());
    assertThat(hostile.reasons()).allMatch(reason -> reason.lines().count() == 1);
  }

  @Test
  void readsAPomWithoutWhatItPointsTo() throws Exception {
    write(
        "pom.xml",
        "<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<project>&x;<mainClass>\n");

    assertThatThrownBy(() -> generate(Wish.NONE))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("pom.xml is malformed");
  }

  @Test
  void namesTheLineOfAMalformedToml() throws Exception {
    write("pyproject.toml", "[project]\nname = \n");

    assertThatThrownBy(() -> generate(Wish.NONE))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("pyproject.toml is malformed in line 2");
  }

  @Test
  void buildsByThePinnedRuntime() throws Exception {
    write("package.json", NODE);
    write("index.html", "");

    Generated generated =
        generate(
            new Wish(
                Optional.of("static"),
                Optional.empty(),
                Map.of(),
                Map.of(),
                Optional.of("npm run build"),
                Optional.of("npm start"),
                Set.of(),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));

    assertThat(generated.runtime()).isEqualTo("static");
  }

  @Test
  void blamesTheOperatorForAPinnedRuntimeThatIsNone() throws Exception {
    write("package.json", NODE);

    assertThatThrownBy(() -> generate(pinned("cobol")))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageStartingWith("The operator's file pins the runtime 'cobol', which is none of ");
  }

  private static Wish pinned(String runtime) {
    return new Wish(
        Optional.of(runtime),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void givesTheLastStageNoVariables() throws Exception {
    write("package.json", NODE);
    for (boolean buildKit : new boolean[] {true, false}) {
      Generated generated =
          generate(
              new Wish(
                  Optional.empty(),
                  Optional.empty(),
                  Map.of(),
                  Map.of(),
                  Optional.of("make"),
                  Optional.empty(),
                  Set.of("SHOP_KEY", "PATH"),
                  buildKit,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()));
      String text = generated.dockerfile().text();
      String last = text.substring(text.lastIndexOf("FROM "));

      assertThat(last).doesNotContain("SHOP_KEY", "environment", "ARG");
      assertThat(text).doesNotContain("ARG PATH", "# syntax=");
      assertThat(text.contains("--mount")).isEqualTo(buildKit);
      assertThat(text.contains("ARG SHOP_KEY")).isEqualTo(!buildKit);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WORKER, node jobs.js, Listens on no port: the app's settings say that it is a worker",
    "WEB, node web.js, Listens on a port: the app's settings say that it is a web app"
  })
  void startsTheLineOfTheProcfileThatIsAskedFor(RunPlan.Process kind, String start, String why)
      throws Exception {
    write("package.json", NODE);
    write("Procfile", "web: node web.js\nworker: node jobs.js\n");

    Generated generated = generate(process(kind, Optional.empty()));

    String text = generated.dockerfile().text();
    assertThat(generated.process()).isEqualTo(kind);
    assertThat(generated.reasons()).contains(why);
    assertThat(text).contains("exec " + start);
    assertThat(text.contains("EXPOSE") && text.contains("ENV PORT"))
        .isEqualTo(kind == RunPlan.Process.WEB);
  }

  @Test
  void listensOnNoPortAsAWorkerWithACommandOfItsOwn() throws Exception {
    write("package.json", NODE);
    write("Procfile", "web: node web.js");

    Generated generated = generate(process(RunPlan.Process.WORKER, Optional.of("node own.js")));

    assertThat(generated.dockerfile().text()).contains("node own.js").doesNotContain("EXPOSE");
    assertThat(generated.reasons())
        .contains("Starts with the start command of skypanel.yaml: node own.js");
  }

  @Test
  void leavesTheProcfileOfTheRootToTheAppThatIsThere() throws Exception {
    Files.createDirectory(checkout.resolve("app"));
    write("app/package.json", NODE);
    write("Procfile", "worker: node jobs.js");

    Generated generated = generate(root("app"));

    assertThat(generated.process()).isEqualTo(RunPlan.Process.WEB);
    assertThat(generated.dockerfile().text()).contains("exec node index.js");
  }

  @ParameterizedTest
  @CsvSource({"1.80.1, true", "1, false", "^1.70, false"})
  void handsTheWantedRustOn(String wanted, boolean one) throws Exception {
    write("Cargo.toml", "[package]\nname = \"a\"\n");
    Files.createDirectory(checkout.resolve("src"));
    write("src/main.rs", "");

    Generated generated = generate(version("rust", wanted));

    assertThat(generated.dockerfile().text().contains("ENV RUSTUP_TOOLCHAIN=" + wanted))
        .isEqualTo(one);
    assertThat(generated.reasons())
        .contains(
            one
                ? "Builds with the toolchain 1.80.1, which rustup fetches"
                : "Builds with the newest toolchain: '" + wanted + "' names none as 1.80 would");
  }

  private static Wish version(String runtime, String version) {
    return new Wish(
        Optional.empty(),
        Optional.empty(),
        Map.of(runtime, version),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Wish process(RunPlan.Process kind, Optional<String> start) {
    return new Wish(
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        start,
        Set.of(),
        true,
        Optional.of(kind),
        Optional.empty(),
        Optional.of("skypanel.yaml"));
  }

  private Wish root(String root) {
    return new Wish(
        Optional.empty(),
        Optional.of(root),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Generated generate(Wish wish) throws BuildFailure {
    return runtimes(Map.of()).generate(checkout, wish).orElseThrow();
  }

  private static Runtimes runtimes(Map<String, String> images) {
    return new Runtimes(Optional.empty(), images);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(checkout.resolve(name), text);
  }
}
