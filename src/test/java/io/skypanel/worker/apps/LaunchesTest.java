package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.skypanel.worker.apps.Launches.Launch;
import io.skypanel.worker.disk.JsonFile;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.RunPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchesTest {
  @TempDir Path state;

  static BuildJob job(String deploymentId, String appId, Map<String, String> metadata) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Z", "1");
    environment.put("A", "2");
    return new BuildJob(
        deploymentId,
        appId,
        "shop",
        Optional.of("org"),
        Optional.of(Instant.parse("2026-01-01T00:00:00.123Z")),
        new GitSource("https://git.example.com/shop.git", "main", Optional.empty()),
        Optional.of("Dockerfile"),
        Optional.empty(),
        Optional.of("npm start"),
        environment,
        metadata);
  }

  static BuiltImage image(BuildJob job) {
    RunPlan run =
        new RunPlan(
            RunPlan.Process.WEB,
            Optional.of("npm start"),
            OptionalInt.of(8080),
            Optional.of("/health"),
            OptionalLong.of(1 << 29),
            OptionalDouble.of(0.5),
            Map.of("data", "/data"),
            List.of("shop.example.com"));
    return new BuiltImage(
        new Checkout(Path.of("/srv/builds/d1"), new Checkout.Commit("abc", "Ann <a@b>", "First")),
        ImageRef.of(job),
        "sha256:" + job.deploymentId(),
        List.of("sha256:2"),
        run);
  }

  private static BuildJob job(String deploymentId) {
    return job(deploymentId, "app-1", Map.of("node_version", "20"));
  }

  private static void keep(Launches launches, String... deploymentIds) {
    for (String id : deploymentIds) {
      launches.keep(job(id), image(job(id)));
    }
  }

  @Test
  void whatWasStartedOutlivesTheWorker() {
    keep(new Launches(state), "d1");

    Launch found = new Launches(state).find("d1").orElseThrow();

    assertThat(found).isEqualTo(new Launch(job("d1"), image(job("d1"))));
    assertThat(found.job().environment().keySet()).containsExactly("Z", "A");
    assertThat(new Launches(state).find("d2")).isEmpty();
  }

  @Test
  void onlyItsOwnerCanReadItForItHoldsTheAppsVariables() throws Exception {
    keep(new Launches(state), "d1");

    assertThat(Files.getPosixFilePermissions(state.resolve("launches/d1.json")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aDamagedFileIsMovedAsideAndCountsAsNone() throws Exception {
    Launches launches = new Launches(state);
    Path file = state.resolve("launches/d1.json");
    keep(launches, "d1");
    String half = Files.readString(file).substring(0, 200);
    for (String content : List.of(half, "", "[]", "{}", "{\"job\":{}}")) {
      Files.writeString(file, content);

      assertThat(launches.find("d1")).as(content).isEmpty();
      assertThat(file).doesNotExist();
      assertThat(state.resolve("launches/d1.json.unreadable")).hasContent(content);
    }
  }

  @Test
  void oneThatAnEarlierVersionKeptAndTodaysRulesRefuseIsSetAsideForAsLongAsItsDeployment()
      throws Exception {
    Launches launches = new Launches(state);
    Path aside = state.resolve("launches/d1.json.unreadable");
    for (Runnable end :
        List.<Runnable>of(
            () -> launches.forget(List.of("d1")), () -> launches.retainOnly(Set.of("d2")))) {
      keep(launches, "d1");
      Path file = state.resolve("launches/d1.json");
      Files.writeString(file, Files.readString(file).replace("\"org\"", "\"acme/eu\""));

      try (Logged log = Logged.of(JsonFile.class)) {
        assertThat(launches.find("d1")).isEmpty();
        assertThat(log.lines())
            .singleElement()
            .asString()
            .contains("organizationId is 'acme/eu' and must be of letters");
      }
      launches.retainOnly(Set.of("d1"));
      assertThat(aside).exists();
      end.run();
      assertThat(aside).doesNotExist();
    }
  }

  @Test
  void whatANewerWorkerWroteCanBeRead() throws Exception {
    Launches launches = new Launches(state);
    keep(launches, "d1");
    Path file = state.resolve("launches/d1.json");
    Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"later\":{\"a\":1},"));

    assertThat(launches.find("d1")).isPresent();
  }

  @Test
  void anIdThatNoFileCanHaveOrThatAnotherSharesAFileWithIsNotFound() {
    Launches launches = new Launches(state);
    keep(launches, "D.1");

    assertThat(launches.find("D.1")).isPresent();
    assertThat(launches.find("d-1")).isEmpty();
    assertThat(launches.find("../apps/x")).isEmpty();
    assertThat(launches.find("--")).isEmpty();
    assertThat(launches.find("")).isEmpty();
  }

  @Test
  void whatIsNotToBeRetainedGoes() {
    Launches launches = new Launches(state);
    keep(launches, "d1", "D.2", "d3");

    launches.retainOnly(Set.of("D.2", "d3", "never-kept"));

    assertThat(launches.find("d1")).isEmpty();
    assertThat(launches.find("D.2")).isPresent();
    assertThat(launches.find("d3")).isPresent();
  }

  @Test
  void aDiskThatDoesNotTakeItIsNoFailure() throws Exception {
    Launches launches = new Launches(state);
    Files.delete(state.resolve("launches"));

    assertThatCode(() -> keep(launches, "d1")).doesNotThrowAnyException();
    assertThat(launches.find("d1")).isEmpty();
  }
}
