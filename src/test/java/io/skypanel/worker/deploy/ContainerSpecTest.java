package io.skypanel.worker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerSpecTest {
  private static final ImageFacts PLAIN = new ImageFacts(List.of(), Optional.empty());
  private final ObjectMapper json =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .registerModule(
              new SimpleModule()
                  .addSerializer(Readiness.class, new ToStringSerializer())
                  .addSerializer(Duration.class, new ToStringSerializer()));
  private final Map<String, String> given = new HashMap<>();
  private Optional<String> organization = Optional.empty();
  @TempDir Path folder;

  @Test
  void anImageThatExposesNothingListensOnPort3000() throws Exception {
    matches("plain.json", Map.of(), PLAIN);
  }

  @Test
  void theSingleExposedPortIsTheApps() throws Exception {
    matches("exposed.json", Map.of(), new ImageFacts(List.of(8080), Optional.empty()));
  }

  @Test
  void ofSeveralExposedPortsNoneIsChosen() throws Exception {
    matches("plain.json", Map.of(), new ImageFacts(List.of(443, 80), Optional.empty()));
  }

  @Test
  void theJobsOwnVariablesWin() throws Exception {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("NODE_ENV", "staging");
    environment.put("PORT", "5000");
    environment.put("spring.datasource.url", "jdbc:x=y");
    matches("environment.json", environment, new ImageFacts(List.of(8080), Optional.empty()));
  }

  @Test
  void aHealthcheckIsGivenTheTimeThatItAsksFor() throws Exception {
    var slow =
        new ImageFacts.Healthcheck(
            Duration.ofSeconds(40), Duration.ofSeconds(10), Duration.ofSeconds(5), 4);
    matches("healthcheck.json", Map.of(), new ImageFacts(List.of(), Optional.of(slow)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http", "0", "65536", "80 81", "-1"})
  void aPortThatIsNoneIsTheUsersFaultAndNamed(String port) {
    assertThatThrownBy(() -> compile(Map.of("PORT", port), PLAIN))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("PORT is '" + port + "'")
        .hasMessageContaining("1 to 65535");
  }

  @Test
  void whatTheOperatorAndTheRepositorySayIsInIt() throws Exception {
    RunPlan run =
        new RunPlan(
            RunPlan.Process.WEB,
            Optional.of("node server.js"),
            OptionalInt.of(8080),
            Optional.of("/health"),
            OptionalLong.of(512 << 20),
            OptionalDouble.of(0.5),
            Map.of("uploads", "/app/uploads"),
            List.of());

    matches("said.json", compile(Map.of("PORT", "5000"), PLAIN, run, OptionalInt.of(20007)));
  }

  @Test
  void whatAnAppIsGivenEndsAtTheWorkersMaximum() throws Exception {
    RunPlan greedy =
        new RunPlan(
            RunPlan.Process.WEB,
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalLong.of(64L << 30),
            OptionalDouble.of(64),
            Map.of(),
            List.of());

    ContainerSpec spec = compile(Map.of(), PLAIN, greedy, OptionalInt.of(20007));

    assertThat(spec.memoryBytes()).isEqualTo(1L << 30);
    assertThat(spec.nanoCpus()).isEqualTo(4_000_000_000L);
  }

  @Test
  void aWorkerIsPublishedNowhereAndHasNoPort() throws Exception {
    RunPlan run =
        new RunPlan(
            RunPlan.Process.WORKER,
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalDouble.empty(),
            Map.of(),
            List.of());

    matches("worker.json", compile(Map.of(), PLAIN, run, OptionalInt.empty()));
  }

  @Test
  void whatKeepsAppsApartIsAsTheSettingsSay() throws Exception {
    organization = Optional.of("org-7");
    given.put("APP_RUNTIME", "runsc");
    given.put("APP_USERNS", "host");
    given.put("APP_ULIMITS", "nofile=1024:4096");

    matches("organization.json", Map.of(), PLAIN);
  }

  @Test
  void withoutNetworksOfTheirOwnAppsAreOnTheEnginesDefault() throws Exception {
    organization = Optional.of("org-7");
    given.put("APP_NETWORK", "default");

    matches("default-network.json", Map.of(), PLAIN);
  }

  @Test
  void itsTextHoldsNoSecret() throws Exception {
    assertThat(compile(Map.of("TOKEN", "hunter2"), PLAIN).toString()).doesNotContain("hunter2");
  }

  private void matches(String golden, Map<String, String> environment, ImageFacts facts)
      throws Exception {
    matches(golden, compile(environment, facts));
  }

  private void matches(String golden, ContainerSpec spec) throws Exception {
    try (InputStream expected = getClass().getResourceAsStream("/deploy/" + golden)) {
      String actual = json.writerWithDefaultPrettyPrinter().writeValueAsString(spec);
      assertThat(json.readTree(actual)).as(actual).isEqualTo(json.readTree(expected));
    }
  }

  private ContainerSpec compile(Map<String, String> environment, ImageFacts facts)
      throws Exception {
    return compile(environment, facts, RunPlan.DEFAULT, OptionalInt.of(20007));
  }

  private ContainerSpec compile(
      Map<String, String> environment, ImageFacts facts, RunPlan run, OptionalInt hostPort)
      throws Exception {
    BuildJob job =
        new BuildJob(
            "7d1e0000-0000-4000-8000-000000000001",
            "a9910000-0000-4000-8000-000000000002",
            "shop",
            organization,
            Optional.empty(),
            new GitSource("https://git.example/shop.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            environment,
            Map.of());
    var commit = new Checkout.Commit("c".repeat(40), "A <a@example.com>", "m");
    BuiltImage image =
        new BuiltImage(
            new Checkout(folder, commit), ImageRef.of(job), "sha256:1234", List.of(), run);
    return ContainerSpec.compile(
        image,
        job,
        facts,
        settings(),
        "worker-1",
        new Placement("shop-a99100", "0.0.0.0", hostPort),
        Duration.ofSeconds(30));
  }

  private WorkerSettings settings() throws Exception {
    Map<String, String> environment = new HashMap<>(given);
    environment.putAll(
        Map.of(
            "SKYPANEL_URL", "http://127.0.0.1:1",
            "APP_MEMORY", "1g",
            "APP_MAX_MEMORY", "1g",
            "APP_LABELS", "proxy.rule=Host(`{slug}.example.com`);proxy.port={port};app={appName}",
            "STATE_DIR", folder.resolve("state").toString(),
            "WORKSPACE_DIR", folder.resolve("work").toString()));
    return WorkerSettings.read(
        new SettingSources(environment, Map.of(), Map.of()),
        new Machine("here", 4, false, folder, folder, folder));
  }
}
