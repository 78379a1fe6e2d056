package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.StopSignal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackTest {
  @TempDir Path state;
  private final Set<String> goneFromEngine = new HashSet<>();
  private AppRecords records;
  private Rollback rollback;

  @BeforeEach
  void open() {
    records = new AppRecords(state);
    rollback =
        new Rollback(new Launches(state), records, image -> !goneFromEngine.contains(image.id()));
  }

  private static BuildJob job(String id, Map<String, String> metadata) {
    return LaunchesTest.job(id, "app-1", metadata);
  }

  private static Build build(Map<String, String> metadata) {
    return new Build(
        job("new", metadata), Path.of("/tmp/new"), new RecordedProgress(), new StopSignal());
  }

  /** A deployment of the app that served. */
  private BuiltImage served(String id, String appId) {
    BuildJob job = LaunchesTest.job(id, appId, Map.of());
    BuiltImage image = LaunchesTest.image(job);
    rollback.keep(
        job,
        new Deployment(
            image,
            "container",
            "name",
            "host",
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty()));
    records.update(
        appId,
        app ->
            app.with(
                new AppDeployment(
                    id,
                    "abc",
                    image.ref().toString(),
                    image.id(),
                    List.of(),
                    Optional.of("container"),
                    "name",
                    OptionalInt.empty(),
                    Instant.now(),
                    true,
                    true,
                    Optional.empty())));
    return image;
  }

  @Test
  void onlyANewBuildThatThePanelCallsSoIsARollback() {
    BuildJob yes = job("d1", Map.of("isRollback", "true"));

    assertThat(rollback.isWanted(yes)).isTrue();
    assertThat(rollback.isWanted(job("d1", Map.of("is_rollback", "false")))).isFalse();
    assertThat(rollback.isWanted(job("d1", Map.of("rollback_to_deployment", "x")))).isFalse();
    assertThat(rollback.isWanted(new QueuedBuild.Resumed(yes, LaunchesTest.image(yes)))).isFalse();
  }

  @Test
  void theWantedDeploymentsImageComesBackWhereverThePanelNamesIt() throws Exception {
    // under the domains that the operator says now: none
    BuiltImage first = withoutDomains(served("d1", "app-1"));
    BuiltImage second = withoutDomains(served("d2", "app-1"));

    assertThat(rollback.image(build(Map.of("rollback_from_deployment", "d1")))).isEqualTo(first);
    assertThat(rollback.image(build(Map.of("targetDeploymentId", "d2")))).isEqualTo(second);
    assertThat(
            rollback.image(
                build(
                    Map.of(
                        "rollback_from_deployment", "d2",
                        "target_deployment_id", "d2",
                        "rollback_to_deployment", "d1"))))
        .isEqualTo(first);
  }

  private static BuiltImage withoutDomains(BuiltImage image) {
    return new BuiltImage(
        image.checkout(),
        image.ref(),
        image.id(),
        image.intermediates(),
        image.run().withDomains(List.of()));
  }

  @Test
  void whatIsNotKeptIsToldWithWhatIs() {
    for (String id : List.of("d1", "d2", "d3")) {
      served(id, "app-1");
    }
    served("e1", "app-2");
    goneFromEngine.add("sha256:d2");

    for (String wanted : List.of("d2", "e1", "unknown", "--")) {
      assertThatThrownBy(() -> rollback.image(build(Map.of("rollback_to_deployment", wanted))))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessage(
              "Deployment "
                  + wanted
                  + " of this app is not kept here any more; kept are d3, d1;"
                  + " deploy its commit again");
    }
  }

  @Test
  void whereNothingIsKeptOrNothingIsWantedItSaysSo() {
    assertThatThrownBy(() -> rollback.image(build(Map.of("rollback_to_deployment", "d1"))))
        .hasMessage(
            "Deployment d1 of this app is not kept here any more; none is kept;"
                + " deploy its commit again");
    assertThatThrownBy(() -> rollback.image(build(Map.of())))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("rollback_to_deployment");
  }
}
