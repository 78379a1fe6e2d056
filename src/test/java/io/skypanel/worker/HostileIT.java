package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.hostile.FolderRepository;
import io.skypanel.worker.hostile.HostileContent;
import io.skypanel.worker.hostile.HostileContexts;
import io.skypanel.worker.hostile.HostileDockerfiles;
import io.skypanel.worker.hostile.HostileJobs;
import io.skypanel.worker.hostile.HostileRepositories;
import io.skypanel.worker.hostile.MetadataService;
import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every attack that we know of, through one worker on the real engine, with the memory and the
 * stacks that its launcher gives it; those on a builder once more with the classic one. Whether a
 * hostile build fails or is deployed harmlessly, none may run a command on the host, touch a file
 * outside its workspace, reach the metadata address, show a secret or stop the worker.
 */
@Isolated("takes the metadata address for itself")
class HostileIT {
  private static final String BUILDER = System.getProperty("builder", "auto");
  private static final Duration ALL = Duration.ofMinutes(8);
  private static final String API_TOKEN = "the-workers-own-s3cret-6d1f0c";
  private static final List<String> SECRETS =
      List.of(API_TOKEN, HostileRepositories.SECRET, HostileContexts.SECRET);

  /** Their checkout alone takes half a minute; the builders' own tests have them. */
  private static final String TOO_MANY_FILES = "more-files";

  @TempDir static Path temp;

  private static Path canary;
  private static Path outside;
  private static List<String> before;
  private static WorkerBench bench;
  private static MetadataService metadata;
  private static WorkerProcess worker;
  private static final Map<String, BuildRequest> ATTACKS = new LinkedHashMap<>();

  @BeforeAll
  static void runEveryAttack() throws Exception {
    canary = temp.resolve("canary");
    outside = HostileRepositories.prepare(temp);
    before = tree(outside);
    metadata = MetadataService.start();
    bench = WorkerBench.open();
    worker = bench.prepared("WORKER_API_TOKEN", API_TOKEN).byLauncher().startReady();
    ATTACKS.putAll(new HostileJobs(bench.webApp(0), canary, outside).all());
    if (!BUILDER.equals("classic")) {
      // what is wrong with these ends before any builder sees it
      var repositories =
          new HostileRepositories(bench.git.repositories(), bench.git.url(), canary, outside);
      for (String name : HostileRepositories.names()) {
        ATTACKS.put(name, BuildRequest.of(repositories.make(name)));
      }
    }
    Path scratch = Files.createDirectory(temp.resolve("scratch"));
    for (HostileContent content : contents().toList()) {
      String name = content.name() + "-content";
      Path bare = bench.git.repositories().resolve(name + ".git");
      FolderRepository.make(content, scratch, bare);
      ATTACKS.put(name, BuildRequest.of(bench.git.url() + "/" + name + ".git"));
    }
    ATTACKS.values().forEach(bench.panel::queue);
    await()
        .atMost(ALL)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> named().noneMatch(name -> !bench.isEnded(ATTACKS.get(name).deploymentId())));
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
    metadata.close();
  }

  /** Those whose deployment has an id that can stand in a report's address. */
  static Stream<String> named() {
    return ATTACKS.keySet().stream()
        .filter(name -> FieldRules.isId(ATTACKS.get(name).deploymentId()));
  }

  @ParameterizedTest
  @MethodSource("named")
  void endsOnceAndSaysWhyInOneLine(String name) {
    DeploymentView end = bench.panel.deployment(ATTACKS.get(name).deploymentId());

    assertThat(end.status()).isIn("deployed", "building_failed", "deployment_failed");
    assertThat(end.statuses()).as("one end").filteredOn(end.status()::equals).hasSize(1);
    if (!end.status().equals("deployed")) {
      assertThat(end.errorMessage().orElse("")).isNotBlank().doesNotContain("Exception", "\tat ");
    }
  }

  static Stream<HostileContent> contents() {
    return Stream.of(HostileContexts.all(), HostileDockerfiles.all())
        .flatMap(List::stream)
        .filter(content -> !content.name().startsWith(TOO_MANY_FILES))
        .filter(content -> !(content.buildKit() && BUILDER.equals("classic")));
  }

  @ParameterizedTest
  @MethodSource("contents")
  void contentEndsAsItShould(HostileContent content) {
    BuildRequest attack = ATTACKS.get(content.name() + "-content");
    DeploymentView end = bench.panel.deployment(attack.deploymentId());

    if (content.failure().isEmpty()) {
      assertThat(end.status()).as(end.toString()).isEqualTo("deployed");
    } else {
      assertThat(end.status()).isNotEqualTo("deployed");
      assertThat(end.errorMessage().orElse("")).contains(content.failure().get());
    }
  }

  @Test
  void noneRunsACommandOnTheHost() throws IOException {
    assertThat(canary).doesNotExist();
    try (Stream<Path> files = Files.walk(temp)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("canary"));
    }
  }

  @Test
  void noneWritesOutsideItsWorkspace() throws IOException {
    assertThat(tree(outside)).isEqualTo(before);
    assertThat(outside.resolve("secret")).hasContent(HostileRepositories.SECRET);
    await().until(() -> list(worker.workspaces()).isEmpty());
  }

  @Test
  void noneReachesTheMetadataAddress() throws Exception {
    assertThat(metadata.callers()).isEmpty();
    metadata.assertThatItHearsWhoCalls();
  }

  @Test
  void noneShowsASecretOfTheHostOrForgesALineOfTheLog() {
    for (DeploymentView end : bench.panel.deployments()) {
      assertThat(end.toString()).doesNotContain(SECRETS.toArray(String[]::new));
    }
    assertThat(worker.output())
        .doesNotContain(SECRETS.toArray(String[]::new))
        .doesNotContain("\n00:00:00.000 INFO forged")
        .doesNotContain("\tat ");
    assertThat(worker.get("/status").body()).doesNotContain(SECRETS.toArray(String[]::new));
    assertThat(worker.get("/metrics").body()).doesNotContain(SECRETS.toArray(String[]::new));
  }

  @Test
  void theWorkerStillDeploysWhatIsHarmless() {
    DeploymentView end = bench.built(bench.webApp(0));

    assertThat(end.status()).as(end.toString()).isEqualTo("deployed");
  }

  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
