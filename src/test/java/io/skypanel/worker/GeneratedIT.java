package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.GitRepository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Repositories without a Dockerfile become apps, on base images made on this machine; what they
 * depend on comes from the real registries.
 */
@Isolated("compares the times of two builds")
class GeneratedIT {
  private static final Path APPS = Path.of("src/test/resources/apps");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(2);
  private static final String SECRET = "not-for-the-image";

  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() throws Exception {
    Process images = new ProcessBuilder("src/test/scripts/runtime-images").inheritIO().start();
    assertThat(images.waitFor()).as("src/test/scripts/runtime-images").isZero();
    bench = WorkerBench.open();
    worker = bench.worker("BUILD_TIMEOUT_MINUTES", "10");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  private static GitRepository repository(String app) throws IOException {
    return bench.repository(files(app));
  }

  private static Map<String, String> files(String app) throws IOException {
    Path folder = APPS.resolve(app);
    Map<String, String> files = new LinkedHashMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  private static DeploymentView deploy(BuildRequest request) {
    String id = bench.panel.queue(request);
    await().atMost(LIMIT).until(() -> bench.isEnded(id));
    DeploymentView deployment = bench.panel.deployment(id);
    assertThat(deployment.status()).as(deployment.statusLogs().orElse("")).isEqualTo("deployed");
    return deployment;
  }

  /** It answers, is not root, and its image holds none of these words. */
  private static void assertRuns(DeploymentView deployment, String page, String... notInImage)
      throws IOException {
    String url = deployment.result().path("url").asText();
    assertThat(WorkerProcess.fetch(url).orElseThrow().body()).contains(page);
    for (String[] process : processes(deployment)) {
      assertThat(Integer.parseInt(process[0])).as(String.join(" ", process)).isNotZero();
    }
    assertThat(deployment.statusLogs().orElseThrow()).doesNotContain(SECRET);
    assertNotInImage(deployment.result().path("imageName").asText(), notInImage);
  }

  private static List<String[]> processes(DeploymentView deployment) {
    return Stream.of(
            bench
                .docker()
                .topContainerCmd(containerId(deployment))
                .withPsArgs("-eo uid,pid,args")
                .exec()
                .getProcesses())
        .toList();
  }

  private static String containerId(DeploymentView deployment) {
    return deployment.result().path("containerId").asText();
  }

  /** Looks through every layer and the history, as {@code docker save} gives them. */
  private static void assertNotInImage(String image, String... words) throws IOException {
    try (InputStream saved = bench.docker().saveImageCmd(image).exec()) {
      byte[] window = new byte[1 << 20];
      int kept = 0;
      int read;
      while ((read = saved.read(window, kept, window.length - kept)) > 0) {
        String text = new String(window, 0, kept + read, StandardCharsets.ISO_8859_1);
        for (String word : words) {
          assertThat(text.contains(word)).as("'" + word + "' is in the image").isFalse();
        }
        int length = kept + read;
        kept = Math.min(length, 256);
        System.arraycopy(window, length - kept, window, 0, kept);
      }
    }
  }

  /** Stopping it takes under two seconds: SIGTERM arrives. */
  private static void assertStopsAtOnce(DeploymentView deployment) {
    long begun = System.nanoTime();
    bench.docker().stopContainerCmd(containerId(deployment)).withTimeout(20).exec();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(STOPS_WITHIN);
  }

  /** Builds it again with one source line changed: what is before the sources is not done again. */
  private static DeploymentView rebuilt(
      String app, GitRepository repository, BuildRequest first, DeploymentView cold, String file)
      throws IOException {
    repository.commit(Map.of(file, "\n" + files(app).get(file)), "Add a line");
    DeploymentView warm = deploy(first.again());
    long cached =
        warm.statusLogs()
            .orElseThrow()
            .lines()
            .filter(l -> l.contains("CACHED") || l.contains("Using cache"))
            .count();
    System.out.printf(
        "%s: image in %.1f s, after a change of one line in %.1f s with %d steps cached%n",
        app, seconds(cold), seconds(warm), cached);
    assertThat(cached).isPositive();
    return warm;
  }

  private static double seconds(DeploymentView deployment) {
    return deployment.result().path("stageMillis").path("image").asLong() / 1000.0;
  }

  @Test
  void anExpressAppWithNpm() throws Exception {
    Map<String, String> files = files("express-npm");
    // the engine may have the dependencies of an earlier run, and then no build of them is cold
    String own = "{\"description\": \"" + UUID.randomUUID() + "\",";
    files.computeIfPresent("package.json", (name, text) -> text.replaceFirst("\\{", own));
    GitRepository repository = bench.repository(files);
    BuildRequest request =
        BuildRequest.of(repository.url()).environment(Map.of("API_TOKEN", SECRET));

    DeploymentView deployment = deploy(request);

    assertThat(deployment.statusLogs().orElseThrow()).contains("Node.js 20", "npm ci");
    assertRuns(deployment, "express by npm", SECRET, "node_modules/is-odd/");
    DeploymentView warm = rebuilt("express-npm", repository, request, deployment, "server.js");
    assertThat(seconds(warm)).isLessThan(seconds(deployment));
    assertStopsAtOnce(warm);
  }

  @Test
  void anExpressAppWithPnpm() throws Exception {
    GitRepository repository = repository("express-pnpm");
    BuildRequest request = BuildRequest.of(repository.url());

    DeploymentView deployment = deploy(request);

    assertRuns(deployment, "express by pnpm", "node_modules/is-odd/");
    assertStopsAtOnce(rebuilt("express-pnpm", repository, request, deployment, "server.js"));
  }

  @Test
  void anAppWithABuildStepThatTakesItsVariablesIn() throws Exception {
    Map<String, String> variables =
        Map.of("NEXT_PUBLIC_GREETING", "hello it's me", "API_TOKEN", SECRET);

    GitRepository repository = repository("bundled");
    BuildRequest request = BuildRequest.of(repository.url()).environment(variables);

    DeploymentView deployment = deploy(request);

    assertRuns(deployment, "hello it's me, for 86400000 ms", SECRET, "node_modules/esbuild/");
    assertStopsAtOnce(rebuilt("bundled", repository, request, deployment, "src/server.js"));
  }

  @Test
  void aStaticSite() throws Exception {
    DeploymentView deployment = deploy(BuildRequest.of(repository("static").url()));

    assertRuns(deployment, "a static page");
    assertStopsAtOnce(deployment);
  }

  @Test
  void aPythonAppWithRequirementsFromAnIndexThatItsVariablesName() throws Exception {
    try (PythonIndex index = PythonIndex.open(WorkerBench.bridgeAddress())) {
      Map<String, String> variables = new LinkedHashMap<>(index.variables());
      variables.put("API_TOKEN", SECRET);

      GitRepository repository = repository("python-pip");
      BuildRequest request = BuildRequest.of(repository.url()).environment(variables);

      DeploymentView deployment = deploy(request);

      assertRuns(deployment, "a greeting out of a package", SECRET);
      assertStopsAtOnce(rebuilt("python-pip", repository, request, deployment, "app.py"));
    }
  }

  @Test
  void aProgramInGo() throws Exception {
    GitRepository repository = repository("go");
    // of the newest Go, which a module gets that names none, there is no package in Debian
    BuildRequest request = BuildRequest.of(repository.url()).withConfig("go_version", "1.24");

    DeploymentView deployment = deploy(request);

    assertThat(deployment.statusLogs().orElseThrow())
        .contains("Detected Go 1.24 from the job's metadata");
    assertRuns(deployment, "a program in Go", "go/src/runtime");
    assertStopsAtOnce(rebuilt("go", repository, request, deployment, "main.go"));
  }

  @Test
  void aProgramInJavaWithMaven() throws Exception {
    GitRepository repository = repository("java-maven");
    BuildRequest request = BuildRequest.of(repository.url());

    DeploymentView deployment = deploy(request);

    assertRuns(deployment, "a program in Java", "org/junit", "apache-maven");
    String page = "src/main/java/com/example/Page.java";
    assertStopsAtOnce(rebuilt("java-maven", repository, request, deployment, page));
  }

  @Test
  void aWorkerOfAProcfileHasNoPort() throws Exception {
    Map<String, String> files = files("express-npm");
    files.put("Procfile", "worker: node worker.js\n");
    files.put("worker.js", "console.log('at work'); setInterval(() => {}, 1000);\n");

    DeploymentView deployment = deploy(BuildRequest.of(bench.repository(files).url()));

    assertThat(deployment.result().has("url")).isFalse();
    assertThat(deployment.result().has("warning")).isFalse();
    assertThat(deployment.statusLogs().orElseThrow()).contains("at work");
    assertStopsAtOnce(deployment);
  }

  @Test
  void whatIsNoKnownKindOfAppIsToldWithWhatIsKnown() {
    String id =
        bench.panel.queue(
            BuildRequest.of(bench.repository(Map.of("notes.txt", UUID.randomUUID() + "")).url()));

    assertThat(bench.ended(id).errorMessage().orElseThrow())
        .contains("The Dockerfile Dockerfile is not in the repository")
        .contains("what kind of app it is can't be told", "Node.js");
  }
}
