package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.skypanel.worker.job.Build;
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
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

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

  @Test
  void theWorkersLogIsNotForgedByWhatALineQuotes() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.skypanel.worker.build");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    MDC.put(Build.LOG_KEY, "another");
    try {
      report.info("by evil\u001b[2J\u001b]0;x\u0007a <a@b\r00:00 INFO forged>\nx\u2028\u202ey");

      assertThat(MDC.get(Build.LOG_KEY)).isEqualTo("another");
    } finally {
      MDC.remove(Build.LOG_KEY);
      logger.detachAppender(logged);
    }
    assertThat(logged.list)
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getFormattedMessage())
                  .isEqualTo("by evil?[2J?]0;x?a <a@b?00:00 INFO forged>?x??y");
              assertThat(line.getMDCPropertyMap()).containsEntry(Build.LOG_KEY, "d-1");
            });
  }
}
