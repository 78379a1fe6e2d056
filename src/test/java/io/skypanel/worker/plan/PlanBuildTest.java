package io.skypanel.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.SilentBuild;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.settings.ImageSettings;
import io.skypanel.worker.settings.ImageSettings.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator, the job and the repository say, and who wins. */
class PlanBuildTest {
  private static final String APP = "a9910000-0000-4000-8000-000000000002";

  @TempDir Path folder;

  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private Optional<String> dockerfilePath = Optional.of("Dockerfile");
  private Optional<String> organization = Optional.empty();
  private String startCommand = "npm start";
  private Strategy strategy = Strategy.AUTO;

  private void file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private BuildPlan plan() throws BuildFailure {
    BuildJob job =
        new BuildJob(
            "d1",
            APP,
            "shop",
            organization,
            Optional.empty(),
            new GitSource("https://git.example.com/shop.git", "main", Optional.empty()),
            dockerfilePath,
            Optional.of("npm run build"),
            Optional.of(startCommand),
            environment,
            metadata);
    Build silent = SilentBuild.make();
    ImageSettings settings =
        new ImageSettings(
            strategy,
            ImageSettings.Builder.AUTO,
            Optional.empty(),
            ImageSettings.Network.DEFAULT,
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.of(folder.resolve("apps")),
            ImageSettings.DEFAULT.limits());
    Checkout checkout =
        new Checkout(folder.resolve("repository"), new Checkout.Commit("c".repeat(40), "A", "m"));
    return new PlanBuild(settings, Runtimes.of(settings), () -> true)
        .plan(checkout, new Build(job, folder, silent.progress(), silent.stop()));
  }

  @Test
  void aRepositoryThatSaysNothingIsBuiltByItsDockerfile() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");

    BuildPlan plan = plan();

    assertThat(plan.dockerfile().orElseThrow().path()).isEqualTo("Dockerfile");
    assertThat(plan.dockerfile().orElseThrow().isGenerated()).isFalse();
    assertThat(plan.run()).isEqualTo(RunPlan.DEFAULT);
  }

  @Test
  void theRepositorySaysHowItIsBuiltAndRun() throws Exception {
    file("repository/deploy/web.Dockerfile", "FROM scratch AS web\n");
    file(
        "repository/skypanel.yaml",
        """
        build:
          dockerfile: deploy/web.Dockerfile
          target: web
          args: {FLAVOUR: full, LEVEL: 3}
        run:
          command: node server.js
          port: 8080
          process: worker
          healthCheckPath: /health
        """);

    BuildPlan plan = plan();

    assertThat(plan.dockerfile().orElseThrow().path()).isEqualTo("deploy/web.Dockerfile");
    assertThat(plan.target()).contains("web");
    assertThat(plan.arguments()).isEqualTo(Map.of("FLAVOUR", "full", "LEVEL", "3"));
    assertThat(plan.run().command()).contains("node server.js");
    assertThat(plan.run().port()).hasValue(8080);
    assertThat(plan.run().process()).isEqualTo(RunPlan.Process.WORKER);
    assertThat(plan.run().healthCheckPath()).contains("/health");
  }

  @Test
  void theOperatorWinsOverTheMetadataTheJobAndTheRepositoryInThisOrder() throws Exception {
    for (String name : new String[] {"operator", "metadata", "job", "repository"}) {
      file("repository/" + name + ".Dockerfile", "FROM scratch\n");
    }
    file("repository/skypanel.yaml", "build: {dockerfile: repository.Dockerfile}\n");
    assertThat(plan().dockerfile().orElseThrow().path()).isEqualTo("repository.Dockerfile");

    dockerfilePath = Optional.of("job.Dockerfile");
    assertThat(plan().dockerfile().orElseThrow().path()).isEqualTo("job.Dockerfile");

    metadata.put("dockerfile_path", "metadata.Dockerfile");
    assertThat(plan().dockerfile().orElseThrow().path()).isEqualTo("metadata.Dockerfile");

    file("apps/" + APP + ".yaml", "build: {dockerfile: operator.Dockerfile}\n");
    assertThat(plan().dockerfile().orElseThrow().path()).isEqualTo("operator.Dockerfile");
  }

  @Test
  void theJobsPortWinsOverTheRepositorysTheMetadatasOverItAndTheOperatorsOverAll()
      throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("repository/skypanel.yaml", "run: {port: 8080}\n");
    environment.put("PORT", "5000");
    assertThat(plan().run().port()).isEqualTo(OptionalInt.empty());

    metadata.put("port", "7000");
    assertThat(plan().run().port()).hasValue(7000);

    file("apps/" + APP + ".yaml", "run: {port: 9000}\n");
    assertThat(plan().run().port()).hasValue(9000);
  }

  @Test
  void theOperatorGrantsWhatTheRepositoryCanNot() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file(
        "apps/" + APP + ".yaml",
        """
        limits: {memory: 512m, cpus: 0.5}
        volumes: {uploads: /app/uploads}
        domains: [shop.example.com]
        """);

    RunPlan run = plan().run();

    assertThat(run.memoryBytes()).hasValue(512L << 20);
    assertThat(run.cpus()).hasValue(0.5);
    assertThat(run.volumes()).isEqualTo(Map.of("uploads", "/app/uploads"));
    assertThat(run.domains()).containsExactly("shop.example.com");
  }

  @Test
  void theMetadatasLimitsAndVolumesCountUnlessTheOperatorSaysOtherwise() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    metadata.putAll(
        Map.of("memoryMb", "256", "cpus", "1.5", "volumes", "{\"data\":\"/app/data\"}"));

    RunPlan run = plan().run();

    assertThat(run.memoryBytes()).hasValue(256L << 20);
    assertThat(run.cpus()).hasValue(1.5);
    assertThat(run.volumes()).isEqualTo(Map.of("data", "/app/data"));

    file("apps/" + APP + ".yaml", "limits: {memory: 512m}\nvolumes: {uploads: /up}\n");
    assertThat(plan().run().memoryBytes()).hasValue(512L << 20);
    assertThat(plan().run().volumes()).isEqualTo(Map.of("uploads", "/up"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"relative\"}",
        "{\"a\":\"/\"}",
        "{\"a\":\"/x/../../etc\"}",
        "{\"a\":\"/x:ro\"}",
        "{\"../a\":\"/x\"}",
        "{\"/var/run/docker.sock\":\"/x\"}",
        "{\"a\":null}",
        "[\"/x\"]"
      })
  void aVolumeIsANameAndAPathInTheContainer(String volumes) throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    metadata.putAll(Map.of("volumes", volumes));

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("volumes");
  }

  @Test
  void aVolumesPathThatIsMadeToFillTheStackIsTheUsersFault() throws Exception {
    aVolumeIsANameAndAPathInTheContainer("{\"a\":\"" + "/a".repeat(30_000) + "\"}");
  }

  @Test
  void aDomainThatIsMadeToFillTheStackIsAMistake() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("apps/" + APP + ".yaml", "domains: [" + "a.".repeat(30_000) + "aa]\n");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("must be a host name in lower case");
  }

  @ParameterizedTest
  @CsvSource({"limits: {memory: 64g}", "volumes: {host: /host}", "domains: [x.example.com]"})
  void aRepositoryCanNotGrantItselfAnything(String line) throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("repository/skypanel.yaml", line + "\n");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageStartingWith("skypanel.yaml: ")
        .hasMessageContaining(" is not known here; there may be build, run");
  }

  @Test
  void aFileByNameCountsWithoutAnOrganization() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("apps/shop.yaml", "limits: {memory: 16g}\nrun: {healthCheckPath: /up}\n");

    assertThat(plan().run().memoryBytes()).hasValue(16L << 30);
    assertThat(plan().run().healthCheckPath()).contains("/up");
  }

  @Test
  void aFileByNameGivesAwayNoDomainWithoutAnOrganization() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("apps/shop.yaml", "domains: [shop.example.com]\n");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("shop.yaml: it gives domains")
        .hasMessageContaining("organization:");
  }

  @Test
  void aFileOfAnOrganizationIsForItsAppsAlone() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("apps/shop.yaml", "organization: org-1\nvolumes: {uploads: /app/uploads}\n");
    assertThat(plan().run().volumes()).isEmpty();

    organization = Optional.of("org-1");
    assertThat(plan().run().volumes()).containsOnlyKeys("uploads");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "build: {dockerfil: x}  | build.dockerfil is not known here; there may be args, command,",
        "build: {dockerfile: ../x} | build.dockerfile is '../x' and must be a path below",
        "run: {port: 70000} | run.port is 70000 and must be from 1 to 65535",
        "run: {port: eighty} | run.port is of the wrong kind (line 1)",
        "run: {process: cron} | run.process is 'cron' and must be web or worker",
        "run: {healthCheckPath: health} | run.healthCheckPath is 'health' and must be a path",
        "run: [1, 2] | run is of the wrong kind (line 1)",
        "build: {args: {'A B': x}} | build.args is 'A B' and must be names of letters",
        "'{' | it is not valid YAML",
        "run: {port: 80.7} | run.port is of the wrong kind",
        "build: {args: {A: }} | build.args.A has no value",
        "build: {args: {A: &x 1, B: *x}} | it has an alias",
        "'run: {port: 80}\n---\nrun: {port: 90}' | it is of the wrong kind",
        "just words | it is of the wrong kind",
      })
  void aMistakeIsOneLineThatNamesKeyValueAndRule(String text, String message) throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("repository/skypanel.yaml", text + "\n");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("skypanel.yaml: " + message)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing yet\n", "---\n"})
  void anEmptyFileSaysNothing(String text) throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("repository/skypanel.yaml", text);

    assertThat(plan().run()).isEqualTo(RunPlan.DEFAULT);
  }

  @Test
  void aVariableOfTheJobsWinsOverTheRepositorysArgument() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("repository/skypanel.yaml", "build: {args: {API_URL: dev, LEVEL: 3}}\n");
    environment.put("API_URL", "prod");

    assertThat(plan().arguments()).isEqualTo(Map.of("LEVEL", "3"));
  }

  @Test
  void thePanelsDefaultPathIsNobodysWishHoweverItIsSpelt() throws Exception {
    file("repository/index.html", "<p>hello</p>");
    metadata.put("dockerfilePath", "./Dockerfile");

    assertThat(plan().dockerfile().orElseThrow().isGenerated()).isTrue();
  }

  @Test
  void anotherStartCommandThanThePanelsReplacesTheImagesOwn() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    assertThat(plan().run().command()).isEmpty();

    startCommand = "node server.js";
    assertThat(plan().run().command()).contains("node server.js");
  }

  @Test
  void aWrongHintIsTheUsersFaultAndNamed() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    metadata.put("process", "cron");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("The app's process is 'cron' and must be web or worker; correct it");
  }

  @Test
  void whereDockerfilesAreGeneratedANamedOneCountsAllTheSame() throws Exception {
    file("repository/index.html", "<p>hello</p>");
    file("repository/Dockerfile", "FROM scratch\n");
    strategy = Strategy.GENERATE;
    assertThat(plan().dockerfile().orElseThrow().isGenerated()).isTrue();

    file("repository/skypanel.yaml", "build: {dockerfile: Dockerfile}\n");
    assertThat(plan().dockerfile().orElseThrow().isGenerated()).isFalse();
  }

  @Test
  void aFileThatIsALinkIsRefused() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    Files.createSymbolicLink(folder.resolve("repository/skypanel.yaml"), Path.of("/etc/hostname"));

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("must be a file, not a link");
  }

  @Test
  void aDockerfileThatIsALinkIsTheFileThatWasRead() throws Exception {
    file("repository/A", "FROM scratch\n");
    file("repository/sub/Dockerfile", "FROM scratch AS sub\n");
    file("repository/repository/A", "FROM skypanel-app-victim:v1\n");
    Path repository = folder.resolve("repository");
    Files.createSymbolicLink(repository.resolve("Dockerfile"), Path.of("../repository/A"));
    Files.createSymbolicLink(repository.resolve("l"), Path.of("../repository/sub"));

    Dockerfile linked = plan().dockerfile().orElseThrow();
    dockerfilePath = Optional.of("l/Dockerfile");
    Dockerfile behind = plan().dockerfile().orElseThrow();

    assertThat(linked).isEqualTo(new Dockerfile("A", "FROM scratch\n", Optional.empty()));
    assertThat(behind)
        .isEqualTo(new Dockerfile("sub/Dockerfile", "FROM scratch AS sub\n", Optional.empty()));
  }

  @Test
  void aDockerfileThatIsALinkToANameWithoutCharactersIsTheUsersFault() throws Exception {
    file("repository/x", "FROM scratch\n");
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", "n=$(printf 'A\\377'); mv x $n; ln -s $n Dockerfile");
    assertThat(shell.directory(folder.resolve("repository").toFile()).start().waitFor()).isZero();

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The Dockerfile Dockerfile leads to a file whose name is no UTF-8; rename that");
  }

  @ParameterizedTest
  @CsvSource({"'', 524000", "'FROM a\nRUN <<A <<A', 400000"})
  void aDockerfileOfMoreLinesThanAnybodyWritesIsTheUsersFault(String start, int lines)
      throws Exception {
    file("repository/Dockerfile", start + "\n" + "A\n".repeat(lines));

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The Dockerfile Dockerfile has more than 10000 lines; put some into a script that it"
                + " copies");
  }

  @Test
  void aRootDirectorysDockerfileIsTakenBeforeTheOneAtTheRoot() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    file("repository/apps/web/Dockerfile", "FROM scratch\n");
    metadata.put("rootDirectory", "./apps/web/");

    assertThat(plan().dockerfile().orElseThrow().path()).isEqualTo("apps/web/Dockerfile");
  }

  @Test
  void aRootDirectoryThatIsNotThereIsTheUsersFault() throws Exception {
    file("repository/Dockerfile", "FROM scratch\n");
    metadata.put("rootDirectory", "apps/web");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("rootDirectory 'apps/web' is no folder of the repository");
  }

  @Test
  void aDockerfileThatSomebodyNamedAndIsMissingIsAnErrorThatListsThoseThereAre() throws Exception {
    file("repository/package.json", "{\"scripts\": {\"start\": \"node server.js\"}}");
    file("repository/deploy/Dockerfile", "FROM scratch\n");
    dockerfilePath = Optional.of("docker/Dockerfile");

    assertThatThrownBy(this::plan)
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The Dockerfile docker/Dockerfile is not in the repository; these are:"
                + " deploy/Dockerfile");
  }

  @Test
  void buildpacksNeedNoDockerfile() throws Exception {
    file("repository/index.html", "<p>hello</p>");
    strategy = Strategy.PACK;

    assertThat(plan().dockerfile()).isEmpty();
  }

  @Test
  void theSchemaHasTheKeysThatAreRead() throws Exception {
    JsonNode schema = new ObjectMapper().readTree(Path.of("docs/skypanel.schema.json").toFile());

    assertThat(keys(schema.at("/properties/build"))).isEqualTo(keys(AppFile.BuildPart.class));
    assertThat(keys(schema.at("/properties/run"))).isEqualTo(keys(AppFile.RunPart.class));
    assertThat(keys(schema)).isEqualTo(keys(AppFiles.RepositoryForm.class));
  }

  @Test
  void theDocumentsExamplesAreValid() throws Exception {
    String[] blocks = Files.readString(Path.of("docs/apps.md")).split("```yaml\n");
    file("repository/deploy/Dockerfile", "FROM scratch\n");
    file("repository/apps/web/x", "");
    file("repository/skypanel.yaml", blocks[1].split("```")[0]);
    file("apps/" + APP + ".yaml", blocks[2].split("```")[0]);
    organization = Optional.of("6f1c9a52-0d0e-4f5e-9a54-000000000001");

    assertThat(plan().run().domains()).containsExactly("shop.example.com");
  }

  private static String keys(JsonNode schema) {
    return schema.path("properties").properties().stream()
        .map(Map.Entry::getKey)
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String keys(Class<? extends Record> form) {
    return Stream.of(form.getRecordComponents())
        .map(component -> component.getName())
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
