package io.skypanel.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.report.EarlierReports;
import io.skypanel.worker.report.Journal;
import io.skypanel.worker.report.JournalEntry;
import io.skypanel.worker.report.OutboxBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of builds that an earlier run left, in the cases that need no engine. */
class RecoveryTest {
  private static final String NOTED =
      """
      {"job":{"deploymentId":"d-1","appId":"app-1","appName":"shop","organizationId":"acme/eu",\
      "createdAt":null,"source":{"url":"https://git.example.com/shop.git","branch":"main",\
      "sha":null},"dockerfilePath":null,"buildCommand":null,"startCommand":null,\
      "environment":{},"metadata":{}},"phase":"IMAGE","image":null,"container":null,\
      "conclusion":null}""";

  @TempDir Path folder;
  private final List<BuildJob> removed = new ArrayList<>();
  private final List<String> logs = new ArrayList<>();

  @Test
  void oneThatTodaysRulesRefuseEndsAndItsImagesAreLeftToCleanUp() throws Exception {
    OutboxBench bench = new OutboxBench(folder);
    Journal journal = new Journal(bench.state);
    Files.writeString(bench.state.resolve("journal/d-1.json"), NOTED);
    Path spool = Files.createDirectories(bench.state.resolve("spool"));
    Files.writeString(spool.resolve("d-1.000000000000000.log"), "INFO image  ---> 0123456789ab\n");
    EarlierReports earlier = new EarlierReports(bench.state, journal, bench.outbox);
    Recovery recovery =
        new Recovery(journal, null, earlier, null, image -> false, removed::add, logs::add);

    assertThat(recovery.decide(List.of())).isEmpty();

    assertThat(bench.outbox.holds("d-1", "building_failed")).isTrue();
    assertThat(logs).singleElement().asString().contains(" ---> 0123456789ab");
    assertThat(removed).isEmpty();
    assertThat(recovery.isNeeded()).isFalse();
  }

  @Test
  void whatCannotBeRemovedOfOneKeepsNeitherItNorTheOthers() throws Exception {
    OutboxBench bench = new OutboxBench(folder);
    Journal journal = new Journal(bench.state);
    String fit = NOTED.replace("acme/eu", "acme");
    Files.writeString(bench.state.resolve("journal/d-1.json"), fit);
    Files.writeString(bench.state.resolve("journal/d-2.json"), fit.replace("d-1", "d-2"));
    Recovery recovery =
        new Recovery(
            journal,
            null,
            new EarlierReports(bench.state, journal, bench.outbox),
            null,
            image -> false,
            job -> {
              removed.add(job);
              throw new StackOverflowError();
            },
            logs::add);
    List<QueuedBuild> queued =
        journal.interrupted().stream().<QueuedBuild>map(JournalEntry::job).toList();
    assertThat(queued).hasSize(2);

    assertThat(recovery.decide(queued)).isEmpty();

    assertThat(removed).hasSize(2);
    assertThat(recovery.isNeeded()).isFalse();
  }
}
