package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Progress.Level;
import io.skypanel.worker.panel.PanelRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds in flight that an earlier version noted, which checked less. */
class EarlierReportsTest {
  private static final String NOTED =
      """
      {"job":{"deploymentId":"d-1","appId":"app-1","appName":"shop","organizationId":"acme/eu",\
      "createdAt":"2026-01-01T00:00:00.123Z","source":{"url":"https://git.example.com/shop.git",\
      "branch":"main","sha":null},"dockerfilePath":"Dockerfile","buildCommand":null,\
      "startCommand":"npm start","environment":{"Z":"1","A":"2"},"metadata":{}},"phase":"IMAGE",\
      "image":null,"container":null,"conclusion":null}""";
  private static final String REASON =
      "organizationId is 'acme/eu' and must be of letters, digits, '-', '_' and '.', 63 at most";

  @TempDir Path folder;
  private Path state;
  private Path file;
  private Outbox outbox;
  private Journal journal;
  private EarlierReports earlier;

  @BeforeEach
  void open() throws Exception {
    OutboxBench bench = new OutboxBench(folder);
    state = bench.state;
    outbox = bench.outbox;
    journal = new Journal(state);
    file = state.resolve("journal/d-1.json");
    earlier = new EarlierReports(state, journal, outbox);
  }

  private UnfitBuild noted(String content) throws Exception {
    Files.writeString(file, content);
    assertThat(journal.interrupted()).isEmpty();
    return journal.unfit().get(0);
  }

  @Test
  void aBuildThatTodaysRulesRefuseEndsWithFieldRuleAndItsLog() throws Exception {
    LogSpool spool = new LogSpool(state.resolve(Reports.SPOOL), "d-1", Reports.LOG_BYTES);
    spool.add(Level.INFO, "checkout", "Checked out abc");
    spool.close();

    earlier.end(noted(NOTED));

    assertThat(outbox.take().report().appId()).isEqualTo("app-1");
    PanelRequest told = outbox.request(outbox.take());
    assertThat(told.path()).endsWith("/builds/d-1/status");
    assertThat(told.body()).containsEntry("status", "building_failed");
    assertThat((String) told.body().get("errorMessage")).endsWith(REASON);
    assertThat((String) told.body().get("logs")).contains("Checked out abc", "Failed: ", REASON);
    assertThat(file).doesNotExist();
    assertThat(journal.unfit()).isEmpty();
  }

  @Test
  void oneThatWasBeingDeployedEndsAsThat() throws Exception {
    earlier.end(noted(NOTED.replace("IMAGE", "DEPLOY")));

    assertThat(outbox.take().report().status()).isEqualTo("deployment_failed");
  }

  @Test
  void oneThatHadEndedEndsAsItHad() throws Exception {
    String conclusion =
        """
        "conclusion":{"appId":"app-1","deploymentId":"d-1","status":"deployed","logs":null,\
        "errorMessage":null,"result":{"port":20000}}""";

    earlier.end(noted(NOTED.replace("\"conclusion\":null", conclusion)));

    Report report = outbox.take().report();
    assertThat(report.status()).isEqualTo("deployed");
    assertThat(report.errorMessage()).isEqualTo(Optional.empty());
    assertThat(report.result()).containsEntry("port", 20000);
    assertThat(file).doesNotExist();
  }

  @Test
  void variablesAndPathsThatAreRefusedNowEndTheirBuildToo() throws Exception {
    String fit = NOTED.replace("acme/eu", "acme");
    assertThat(noted(fit.replace("\"Z\":", "\"Z\u0085\":")).reason())
        .startsWith("environmentVariables is 'Z");
    assertThat(noted(fit.replace(":\"Dockerfile\"", ":\"a/../Dockerfile\"")).reason())
        .startsWith("dockerfilePath is 'a/../Dockerfile'");
    assertThat(noted(fit.replace("\"acme\"", "[1]")).reason())
        .isEqualTo("the worker can't read what it had noted of it");
  }

  @Test
  void aFileThatNamesNoBuildIsSetAside() throws Exception {
    for (String content : new String[] {NOTED.replace("d-1", "../d"), "{\"job\":{}}", "null"}) {
      Files.writeString(file, content);

      assertThat(journal.unfit()).isEmpty();
      assertThat(file).doesNotExist();
      assertThat(state.resolve("journal/d-1.json.unreadable")).hasContent(content);
    }
  }
}
