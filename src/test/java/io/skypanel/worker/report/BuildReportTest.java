package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.redact.Redactor;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a build's secrets comes into its log. */
class BuildReportTest {
  private static final String SECRET = "s3cret-of-the-app";

  @TempDir Path folder;
  private LogSpool spool;
  private BuildReport report;

  @BeforeEach
  void open() {
    BuildJob job =
        new BuildJob(
            "d-1",
            "a-1",
            "shop",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://example.com/shop.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    spool = new LogSpool(folder, "d-1", 64 << 20);
    report = new BuildReport(job, new Redactor(List.of(SECRET)), spool, new Journal(folder));
  }

  private String log() {
    return spool.tail(1 << 20);
  }

  @Test
  void aSecretIsMaskedWhereverWritesCutIt() {
    for (char c : ("a " + SECRET + " b\n").toCharArray()) {
      report.output(String.valueOf(c));
    }
    assertThat(log()).isEqualTo("a **** b\n");
  }

  @Test
  void aLineOfTheWorkersOwnComesAfterWhatWasPrintedBeforeIt() {
    report.output("no line end: s3cret-of");
    report.info("Failed with " + SECRET);
    report.output("-the-app\n");

    // the half that was shown can't be taken back; the other one is masked
    assertThat(log()).isEqualTo("no line end: s3cret-of\nFailed with ****\n****\n");
  }

  @Test
  void aKeyGoesOnBehindALineOfTheWorkersOwn() {
    report.output("-----BEGIN PRIVATE KEY-----\nMIIabc\n");
    report.info("another stage, going on");
    report.output("MIIdef\n-----END PRIVATE KEY-----\ndone\n");

    assertThat(log()).contains("another stage").endsWith("done\n").doesNotContain("MII");
  }

  @Test
  void aKeyWithoutEndEndsWithItsStage() {
    report.output("-----BEGIN PRIVATE KEY-----\nMIIabc\n");
    report.entered(Phase.DEPLOY);
    report.output("the app's own output\n");

    assertThat(log()).isEqualTo("****\nthe app's own output\n");
  }

  @Test
  void controlsWithinASecretDoNotShowIt() {
    report.output("\u001b[1ms3cret\u001b[0m-of-\0the-app\n");
    assertThat(log()).isEqualTo("****\n");
  }

  @Test
  void base64InLinesIsMasked() {
    String long64 = Base64.getMimeEncoder(20, new byte[] {'\n'}).encodeToString(SECRET.getBytes());
    report.output(long64 + "\n");
    assertThat(log()).isEqualTo("****=\n");
  }
}
