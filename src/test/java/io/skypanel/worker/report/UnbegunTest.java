package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Outcome;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress.Level;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.redact.SecretRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that end without ever having begun. */
class UnbegunTest {
  private static final BuildJob JOB =
      new BuildJob(
          "d-1",
          "app-1",
          "shop",
          Optional.empty(),
          Optional.empty(),
          new GitSource("https://git.example.com/shop.git", "main", Optional.empty()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of());

  @TempDir Path folder;
  private Path state;
  private Outbox outbox;
  private Journal journal;

  @BeforeEach
  void open() throws Exception {
    OutboxBench bench = new OutboxBench(folder);
    state = bench.state;
    outbox = bench.outbox;
    journal = new Journal(state);
  }

  private Unbegun unbegun() {
    return new Unbegun(state, journal, outbox, new Redaction(new SecretRules(List.of()), List::of));
  }

  private String log() {
    return (String) outbox.request(outbox.take()).body().get("logs");
  }

  private Reports withoutMemory() {
    var redaction =
        new Redaction(
            new SecretRules(List.of()),
            () -> {
              throw new OutOfMemoryError("of a test");
            });
    return new Reports(state, journal, outbox, () -> {}, redaction, job -> Optional.empty());
  }

  @Test
  void aBuildThatCantBeOpenedEndsAsFailedAndLeavesNothing() {
    Reports reports = withoutMemory();
    var error = catchThrowableOfType(Reports.NotOpened.class, () -> reports.open(JOB));
    assertThat(state.resolve("journal/d-1.json")).exists();

    Outcome outcome = unbegun().notOpened(JOB, JOB, error);

    Report report = outbox.take().report();
    assertThat(log()).contains("Failed: The worker has not");
    assertThat(report.status()).isEqualTo("building_failed");
    assertThat(report.errorMessage().orElseThrow())
        .contains("not enough memory to begin this build; deploy again")
        .isEqualTo(outcome.error().orElseThrow());
    assertThat(outcome.fault()).contains("worker");
    assertThat(state.resolve("journal")).isEmptyDirectory();
    assertThat(state.resolve(Reports.SPOOL)).isEmptyDirectory();
  }

  @Test
  void aBuildThatCantBeBuiltIsReportedOnceThoughAnEarlierRunHadAcceptedIt() {
    var malformed = new QueuedBuild.Malformed(Optional.of("d-1"), Optional.of("app-1"), "why");
    var unfit =
        new UnfitBuild("app-1", "d-1", Phase.CLAIM, Optional.empty(), "organizationId is wrong");
    new EarlierReports(state, journal, outbox).end(unfit);

    Unbegun unbegun = unbegun();
    unbegun.reject(malformed);
    unbegun.reject(malformed);
    unbegun.reject(new QueuedBuild.Malformed(Optional.of("d-2"), Optional.empty(), "why"));
    unbegun.reject(new QueuedBuild.Malformed(Optional.of("d-2"), Optional.empty(), "why"));

    assertThat(outbox.size()).isEqualTo(2);
  }

  @Test
  void itsLogOfAnEarlierRunIsKept() throws Exception {
    LogSpool spool = new LogSpool(state.resolve(Reports.SPOOL), "d-1", Reports.LOG_BYTES);
    spool.add(Level.INFO, "checkout", "Checked out abc");
    spool.close();

    unbegun().notOpened(JOB, JOB, new IllegalStateException("no way"));

    assertThat(log())
        .startsWith("Checked out abc")
        .contains("Failed: The worker could not begin this build");
    try (var left = Files.list(state.resolve(Reports.SPOOL))) {
      assertThat(left).isEmpty();
    }
  }
}
