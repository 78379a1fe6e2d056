package io.skypanel.worker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.apps.RecordedProgress;
import io.skypanel.worker.engine.EngineRetry;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of things, on a target that only takes notes. */
class DeployAppTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final NotingTarget target = new NotingTarget();
  @TempDir Path folder;
  private AppRecords records;
  private Deploying deploying;
  private DeployApp deployApp;

  @BeforeEach
  void start() {
    records = new AppRecords(folder);
    deploying =
        new Deploying(
            EngineBench.settings(folder, Map.of("DOCKER_HOST", "tcp://engine.example:2375")),
            "worker-1",
            target,
            records,
            Optional.empty(),
            "2001:db8::1",
            Duration.ofSeconds(1),
            new EngineRetry(() -> Optional.of("one"), Duration.ZERO));
    deployApp = deploying.deployApp;
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aRefusedPortIsFollowedByTheNext() throws Exception {
    target.refusals = 2;

    Deployment deployment = deploy(build("a"));

    assertThat(target.notes)
        .containsExactly(
            "rollBack", "start 31000", "start 31001", "start 31002", "probe", "promote");
    assertThat(deployment.url()).contains("http://[2001:db8::1]:31002");
  }

  @Test
  void anEngineThatRefusesEveryPortIsTheWorkersFault() {
    target.refusals = 100;

    assertThatThrownBy(() -> deploy(build("a")))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("APP_PORT_RANGE");
    assertThat(target.notes).last().isEqualTo("rollBack");
  }

  @Test
  void whatDoesNotComeUpIsRolledBackAndRecordedAsNotServed() {
    target.probeFailure = Optional.of(new BuildFailure.UserFault("it broke"));

    assertThatThrownBy(() -> deploy(build("a"))).hasMessage("it broke");

    assertThat(target.notes).containsExactly("rollBack", "start 31000", "probe", "rollBack");
    assertThat(records.find("a").orElseThrow().current()).isEmpty();
    assertThat(records.find("a").orElseThrow().deployments()).hasSize(1);
  }

  @Test
  void anAppThatTheWorkerCannotReachIsDeployedWithAWarning() throws Exception {
    target.verdict = DeployTarget.Verdict.OUT_OF_REACH;

    assertThat(deploy(build("a")).warning().orElseThrow())
        .contains("can't reach it", "--network host");
  }

  @Test
  void anAppThatWasReachedBeforeIsNotReplacedByOneThatCannotBe() throws Exception {
    deploy(build("a"));
    target.verdict = DeployTarget.Verdict.OUT_OF_REACH;

    assertThatThrownBy(() -> deploy(build("a")))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("--network host");
  }

  @Test
  void aPredecessorGoesOnceThePanelKnowsItsSuccessor() throws Exception {
    target.older = List.of(new DeployTarget.Version("old", OptionalInt.of(31000), true));
    Build build = build("a");
    deploying.unreported.add(build.job().deploymentId());
    deploy(build);

    deploying.retirement.retire("a");
    assertThat(target.notes).doesNotContain("retire old");
    assertThat(records.find("a").orElseThrow().retiring()).hasSize(1);

    deploying.unreported.clear();
    deploying.retirement.retire("a");
    assertThat(target.notes).last().isEqualTo("retire old");
    assertThat(records.find("a").orElseThrow().retiring()).isEmpty();
    assertThat(deploying.retirement.isNeeded()).isFalse();
  }

  @Test
  void aPredecessorThatCannotBeRemovedIsTriedAgain() throws Exception {
    target.older = List.of(new DeployTarget.Version("old", OptionalInt.of(31000), true));
    target.retireFailure = Optional.of(new BuildFailure.WorkerFault("it is stuck", null));
    deploy(build("a"));

    deploying.retirement.retire("a");

    assertThat(deploying.retirement.apps()).containsExactly("a");
  }

  @Test
  void deploymentsOfOneAppWaitForEachOtherAndOtherAppsDoNot() throws Exception {
    target.hold = new CountDownLatch(1);
    Build second = build("a");
    Build stopped = build("a");
    Future<Deployment> one = threads.submit(() -> deploy(build("a")));
    await().until(() -> target.notes.contains("probe"));
    Future<Deployment> two = threads.submit(() -> deploy(second));
    Future<Deployment> three = threads.submit(() -> deploy(stopped));
    await().until(() -> waits(second) && waits(stopped));

    assertThat(target.notes).containsOnlyOnce("probe");
    Future<Deployment> other = threads.submit(() -> deploy(build("b")));
    await().until(() -> Collections.frequency(target.notes, "probe") == 2);
    stopped.stop().stop(new BuildFailure.Cancelled("not wanted"));
    assertThatThrownBy(three::get).hasRootCauseMessage("not wanted");

    target.hold.countDown();
    one.get();
    two.get();
    other.get();
    assertThat(Collections.frequency(target.notes, "promote")).isEqualTo(3);
  }

  private static boolean waits(Build build) {
    return ((RecordedProgress) build.progress())
        .lines.contains("INFO Waiting for this app's other deployment to end");
  }

  private Build build(String appId) {
    BuildJob job = EngineBench.job(appId, Map.of());
    return new Build(job, folder, new RecordedProgress(), new StopSignal());
  }

  private Deployment deploy(Build build) throws BuildFailure {
    var commit = new Checkout.Commit("c".repeat(40), "A <a@example.com>", "m");
    return deployApp.deploy(
        new BuiltImage(
            new Checkout(folder, commit),
            ImageRef.of(build.job()),
            "sha256:1",
            List.of(),
            RunPlan.DEFAULT),
        build);
  }
}
