package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Route files are edited while a real worker builds. */
class RouteReloadIT {
  private static final Duration SECONDS = Duration.ofSeconds(20);
  private static WorkerBench bench;
  private static WorkerProcess worker;

  @BeforeAll
  static void open() throws IOException {
    bench = WorkerBench.open();
    worker = bench.worker("MAX_CONCURRENT_BUILDS", "3");
  }

  @AfterAll
  static void close() throws Exception {
    worker.close();
    bench.close();
  }

  private static Path file(String route) {
    return worker.routes().resolve(route + RouteFiles.SUFFIX);
  }

  /** Puts a step above another, which writes a line into the customer's log; gives the old text. */
  private static String addLine(String route, String aboveStep, String line) throws IOException {
    String old = Files.readString(file(route));
    String edited =
        old.replaceFirst(
            "(?m)^( *)(- \\S+:\\n *id: " + aboveStep + ")$",
            "$1- setBody:\n$1    id: "
                + line.replace(' ', '-')
                + "\n$1    simple: \"\\${variable.build.progress.info('"
                + line
                + "')}\"\n$1$2");
    assertThat(edited).isNotEqualTo(old);
    Files.writeString(file(route), edited);
    return old;
  }

  private static long logged(String... parts) {
    return worker.output().lines().filter(l -> Stream.of(parts).allMatch(l::contains)).count();
  }

  private static void awaitLogged(String... parts) {
    await().atMost(SECONDS).until(() -> logged(parts) > 0);
  }

  private static void awaitInStage(String stage, int builds) {
    await()
        .atMost(SECONDS)
        .until(
            () -> {
              JsonNode running = worker.status().path("builds").path("running");
              return StreamSupport.stream(running.spliterator(), false)
                      .filter(b -> b.path("stage").asText().equals(stage))
                      .count()
                  == builds;
            });
  }

  private static String obstacles() {
    return worker.status().path("worker").path("takesNoBuildsBecause").toString();
  }

  private static void assertDeployed(DeploymentView ended) {
    assertThat(ended.statuses()).containsExactly("building", "building_success", "deployed");
  }

  private static String log(DeploymentView ended) {
    return ended.statusLogs().orElseThrow();
  }

  @Test
  void runningBuildsSeeAnEditedHookAtOnceAndAnEditedRunBuildIsForTheNext() throws Exception {
    List<String> running =
        Stream.generate(() -> bench.panel.queue(bench.webApp(12))).limit(3).toList();
    awaitInStage("image", 3);

    addLine("run-build", "begin-with-job", "seen by run-build");
    addLine("before-deploy", "before-deploy-is-empty", "seen by the hook");
    awaitLogged("before-deploy", "was taken over");
    awaitLogged("run-build", "has changed; it is taken over when all running builds (3)");
    assertThat(obstacles()).contains("an edited route waits");
    awaitInStage("image", 3);
    String next = bench.panel.queue(bench.webApp(0));

    for (String id : running) {
      DeploymentView ended = bench.ended(id);
      assertDeployed(ended);
      assertThat(log(ended)).contains("seen by the hook").doesNotContain("seen by run-build");
    }
    DeploymentView ended = bench.ended(next);
    assertDeployed(ended);
    assertThat(log(ended)).contains("seen by run-build", "seen by the hook");
    assertThat(logged("run-build", "was taken over")).isEqualTo(1);
    assertThat(obstacles()).isEqualTo("[]");
  }

  @Test
  void aBrokenEditKeepsTheOldRouteAndTheLogSaysWhy() throws Exception {
    String good = Files.readString(file("before-image"));
    Files.writeString(
        file("before-image"),
        good.replaceFirst(
            "(?s)        - log:.*",
            "        - bean:\n            id: ask\n            ref: nobody\n"
                + "            method: ask\n"));
    awaitLogged("ERROR", "before-image.camel.yaml is not taken over", "nobody");
    assertDeployed(bench.built(bench.webApp(0)));

    Files.writeString(file("before-image"), good.replace("description:", "descriptoin:"));
    awaitLogged("ERROR", "before-image.camel.yaml is not taken over", "descriptoin");
    assertDeployed(bench.built(bench.webApp(0)));

    Files.writeString(file("before-image"), good);
    awaitLogged("before-image.camel.yaml is as it was");
    assertThat(logged("before-image", "was taken over")).isZero();
  }

  @Test
  void anEditOfRunBuildThatIsTakenBackInTimeChangesNothing() throws Exception {
    long before = logged("run-build", "was taken over");
    String first = bench.panel.queue(bench.webApp(15));
    awaitInStage("image", 1);

    String old = addLine("run-build", "begin-with-job", "never seen");
    awaitLogged("run-build", "it is taken over when all running builds (1)");
    Files.writeString(file("run-build"), old);
    awaitLogged("run-build.camel.yaml is as it was");

    DeploymentView meanwhile = bench.built(bench.webApp(0));
    assertThat(bench.panel.statusesOf(first)).containsExactly("building");
    assertDeployed(meanwhile);
    assertDeployed(bench.ended(first));
    assertThat(log(meanwhile)).doesNotContain("never seen");
    assertThat(logged("run-build", "was taken over")).isEqualTo(before);
  }

  @Test
  void aDeletedFileLeavesItsRouteRunningWithAWarning() throws Exception {
    addLine("before-checkout", "before-checkout-is-empty", "still there");
    awaitLogged("before-checkout", "was taken over");

    Files.delete(file("before-checkout"));
    awaitLogged("WARN", "before-checkout.camel.yaml is gone; its route goes on");

    DeploymentView ended = bench.built(bench.webApp(0));
    assertDeployed(ended);
    assertThat(log(ended)).contains("still there");
    assertThat(logged("before-checkout", "is gone")).isEqualTo(1);
  }

  @Test
  void whatFailsInARouteThatNobodyWaitsForIsOneLineAndTheRouteGoesOn() throws Exception {
    String good = Files.readString(file("ship-logs"));
    String failing =
        "        - throwException:\n            id: fail\n            message: \"no ink\"\n"
            + "            exceptionType: java.lang.IllegalStateException\n";
    Files.writeString(
        file("ship-logs"),
        good.replace(
            "      steps:\n        - bean", "      steps:\n" + failing + "        - bean"));
    await().atMost(SECONDS).until(() -> logged("Route ship-logs failed: no ink") > 2);

    Files.writeString(file("ship-logs"), good);
    await().atMost(SECONDS).until(() -> logged("ship-logs.camel.yaml was taken over") == 2);
    assertThat(logged("Caused by")).isZero();
  }
}
