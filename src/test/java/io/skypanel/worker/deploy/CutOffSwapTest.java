package io.skypanel.worker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecord.State;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.apps.RecordedProgress;
import io.skypanel.worker.deploy.DeployTarget.Version;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.ingress.Ingress;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A swap that was cut off, or did not work out, never costs the version that served. */
class CutOffSwapTest {
  private final NotingTarget target = new NotingTarget();
  @TempDir Path folder;
  private AppRecords records;
  private Deploying deploying;

  @BeforeEach
  void start() {
    records = new AppRecords(folder);
    deploying = restarted();
  }

  /** As a worker that is started anew finds it. */
  private Deploying restarted() {
    return restarted(Optional.empty());
  }

  private Deploying restarted(Optional<Ingress> ingress) {
    Map<String, String> settings = new HashMap<>();
    settings.put("DOCKER_HOST", "tcp://engine.example:2375");
    ingress.ifPresent(
        i -> {
          settings.put("INGRESS", "caddy");
          settings.put("INGRESS_DOMAIN", "apps.example.com");
        });
    return new Deploying(
        EngineBench.settings(folder, settings),
        "worker-1",
        target,
        records,
        ingress,
        "192.0.2.1",
        Duration.ofSeconds(1),
        new EngineRetry(() -> Optional.of("one"), Duration.ZERO));
  }

  @Test
  void whatIsOnItsWayOutIsKnownAfterARestart() throws Exception {
    target.older = List.of(new Version("old", OptionalInt.of(31000), true));
    deploy(build("a"), RunPlan.DEFAULT);

    deploying = restarted();
    assertThat(deploying.retirement.apps()).containsExactly("a");
    deploying.retirement.retire("a");

    assertThat(target.notes).contains("retire old");
    assertThat(deploying.retirement.isNeeded()).isFalse();
  }

  @Test
  void nothingGoesWhileItsSuccessorIsStillBeingDeployed() throws Exception {
    target.older = List.of(new Version("old", OptionalInt.of(31000), true));
    Build build = build("a");
    deploying.inFlight.add(build.job().deploymentId());
    deploy(build, RunPlan.DEFAULT);

    deploying.retirement.retire("a");

    assertThat(target.notes).doesNotContain("retire old");
  }

  @Test
  void aVersionWhoseSuccessorFailedAfterAllStays() throws Exception {
    target.older = List.of(new Version("old", OptionalInt.of(31000), true));
    Build build = build("a");
    deploy(build, RunPlan.DEFAULT);
    // the worker was killed before it could say so, the new version died, and is tried again
    deploying = restarted();
    target.probeFailure = Optional.of(new BuildFailure.UserFault("it broke"));
    assertThatThrownBy(() -> deploy(build, RunPlan.DEFAULT)).hasMessage("it broke");

    deploying.retirement.retire("a");

    assertThat(target.notes).doesNotContain("retire old");
    assertThat(records.find("a").orElseThrow().retiring()).isEmpty();
  }

  @Test
  void aVersionThatServesAlreadyIsNotPutToTheTestAgain() throws Exception {
    Build build = build("a");
    deploy(build, RunPlan.DEFAULT);
    target.running = Optional.of(new Version("id", OptionalInt.of(31000), true));
    target.probeFailure = Optional.of(new BuildFailure.UserFault("it broke"));
    target.notes.clear();

    Deployment deployment = restarted().deployApp.deploy(image(build, RunPlan.DEFAULT), build);

    assertThat(deployment.url()).contains("http://192.0.2.1:31000");
    assertThat(target.notes).isEmpty();
  }

  @Test
  void aWayBackThatFailsLeavesTheHistoryAsItWas() throws Exception {
    Build first = build("a");
    deploy(first, RunPlan.DEFAULT);
    Build second = build("a");
    deploy(second, RunPlan.DEFAULT);
    AppRecord before = records.find("a").orElseThrow();
    target.probeFailure = Optional.of(new BuildFailure.UserFault("it broke"));

    assertThatThrownBy(() -> deploy(first, RunPlan.DEFAULT)).hasMessage("it broke");

    assertThat(records.find("a").orElseThrow().deployments()).isEqualTo(before.deployments());
  }

  @Test
  void anAppThatMadeWayRunsAgainIfItsSuccessorFails() throws Exception {
    deploy(build("a"), withVolume());
    target.older = List.of(new Version("id", OptionalInt.of(31000), false));
    target.probeFailure = Optional.of(new BuildFailure.UserFault("it broke"));
    target.nextId = "next";

    assertThatThrownBy(() -> deploy(build("a"), withVolume())).hasMessage("it broke");

    assertThat(target.notes).endsWith("stop id", "start 31000", "probe", "rollBack", "resume id");
    assertThat(records.find("a").orElseThrow().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void anAppThatMadeWayRunsAgainIfItsAddressCannotMove() throws Exception {
    NotingIngress ingress = new NotingIngress();
    deploying = restarted(Optional.of(ingress));
    deploy(build("a"), withVolume());
    target.older = List.of(new Version("id", OptionalInt.empty(), false));
    target.nextId = "next";
    ingress.away = true;

    assertThatThrownBy(() -> deploy(build("a"), withVolume())).hasMessageContaining("away");

    assertThat(target.notes).endsWith("promote", "rollBack", "resume id");
    assertThat(records.find("a").orElseThrow().state()).isEqualTo(State.RUNNING);
    assertThat(records.find("a").flatMap(AppRecord::current).flatMap(AppDeployment::containerId))
        .contains("id");
  }

  @Test
  void anAppThatAnOperatorHadStoppedStaysStoppedIfItsAddressCannotMove() throws Exception {
    NotingIngress ingress = new NotingIngress();
    deploying = restarted(Optional.of(ingress));
    deploy(build("a"), RunPlan.DEFAULT);
    records.update("a", app -> app.in(State.STOPPED));
    ingress.away = true;

    assertThatThrownBy(() -> deploy(build("a"), RunPlan.DEFAULT)).hasMessageContaining("away");

    assertThat(records.find("a").orElseThrow().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void aResumedDeploymentDoesNotWaitForItsOwnPredecessorToGo() throws Exception {
    deploying = restarted(Optional.of(new NotingIngress()));
    target.older = List.of(new Version("old", OptionalInt.of(31001), true));
    Build build = build("a");
    deploying.inFlight.add(build.job().deploymentId());
    deploy(build, RunPlan.DEFAULT);
    deploying = restarted(Optional.of(new NotingIngress()));
    deploying.inFlight.add(build.job().deploymentId());

    deploy(build, RunPlan.DEFAULT);

    assertThat(target.notes).doesNotContain("retire old");
  }

  @Test
  void aVersionWhoseRequestsDoNotEndGoesAfterThirtySeconds() throws Exception {
    NotingIngress ingress = new NotingIngress();
    ingress.busy = true;
    deploying = restarted(Optional.of(ingress));
    target.older = List.of(new Version("old", OptionalInt.of(31001), true));
    deploy(build("a"), RunPlan.DEFAULT);
    long begun = System.nanoTime();

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              deploying.retirement.retire("a");
              return target.notes.contains("retire old");
            });

    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofSeconds(29), Duration.ofSeconds(40));
  }

  @Test
  void anAppThatWantsMoreThanItMayHaveIsToldSo() throws Exception {
    Build build = build("a");
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

    deploy(build, greedy);

    assertThat(String.join("\n", ((RecordedProgress) build.progress()).lines))
        .contains("which is this worker's APP_MAX_MEMORY", "which is this worker's APP_MAX_CPUS");
  }

  @Test
  void evenAnAppWithoutARecordRunsAgainIfItsSuccessorFails() {
    target.older = List.of(new Version("unknown", OptionalInt.of(31000), true));
    target.probeFailure = Optional.of(new BuildFailure.UserFault("it broke"));

    assertThatThrownBy(() -> deploy(build("a"), withVolume())).hasMessage("it broke");

    assertThat(target.notes)
        .endsWith("stop unknown", "start 31000", "probe", "rollBack", "resume unknown");
  }

  @Test
  void anAppThatMadeWayWhenTheWorkerWasKilledRunsAgain() throws Exception {
    deploy(build("a"), withVolume());
    records.update("a", app -> app.in(State.MAKING_WAY));
    Version own = new Version("id", OptionalInt.empty(), false);
    target.older = List.of(own, new Version("successor", OptionalInt.of(31001), true));
    deploying = restarted();

    deploying.keepApps.resume();
    assertThat(target.notes).doesNotContain("resume id");

    target.older = List.of(own);
    deploying.keepApps.resume();
    assertThat(target.notes).endsWith("resume id");
    assertThat(records.find("a").orElseThrow().state()).isEqualTo(State.RUNNING);
    assertThat(records.find("a").flatMap(AppRecord::current).flatMap(AppDeployment::containerId))
        .contains("id");
  }

  @Test
  void aDomainOfAnotherAppIsRefused() throws Exception {
    deploy(build("a"), RunPlan.DEFAULT.withDomains(List.of("shop.example.com")));

    assertThatThrownBy(
            () -> deploy(build("b"), RunPlan.DEFAULT.withDomains(List.of("shop.example.com"))))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("The domain shop.example.com");
  }

  private static RunPlan withVolume() {
    return new RunPlan(
        RunPlan.Process.WEB,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalDouble.empty(),
        Map.of("data", "/data"),
        List.of());
  }

  private Build build(String appId) {
    BuildJob job = EngineBench.job(appId, Map.of());
    return new Build(job, folder, new RecordedProgress(), new StopSignal());
  }

  private BuiltImage image(Build build, RunPlan run) {
    var commit = new Checkout.Commit("c".repeat(40), "A <a@example.com>", "m");
    return new BuiltImage(
        new Checkout(folder, commit), ImageRef.of(build.job()), "sha256:1", List.of(), run);
  }

  private Deployment deploy(Build build, RunPlan run) throws BuildFailure {
    return deploying.deployApp.deploy(image(build, run), build);
  }
}
