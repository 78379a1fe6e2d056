package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.redact.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** The worker's logging configuration, in a context of its own. */
class LoggingTest {
  @TempDir Path folder;
  private final LoggerContext context = new LoggerContext();
  private RollingFileAppender<ILoggingEvent> file;
  private ConsoleAppender<ILoggingEvent> console;

  @BeforeEach
  void configure() throws Exception {
    context.setMDCAdapter(MDC.getMDCAdapter());
    context.putProperty("LOG_DIR", folder.toString());
    context.putProperty("LOG_LEVEL", "info");
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(getClass().getResource("/logback-worker.xml"));
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
    root.detachAppender(console);
    file = (RollingFileAppender<ILoggingEvent>) root.getAppender("file");
  }

  @AfterEach
  void stop() {
    MDC.clear();
    context.stop();
  }

  private List<String> lines(String name) throws Exception {
    return Files.readAllLines(folder.resolve(name));
  }

  @Test
  void eachLineOfABuildCarriesItsDeploymentAndNoOther() throws Exception {
    Logger log = context.getLogger("io.skypanel.worker.build");
    MDC.put(Build.LOG_KEY, "d-1");
    log.info("of a build");
    MDC.remove(Build.LOG_KEY);
    log.info("of none");

    assertThat(lines("combined.log").get(0)).contains("deployment=d-1 of a build");
    assertThat(lines("combined.log").get(1)).contains("deployment=- of none");
  }

  @Test
  void theFileRollsByDayAndWhatIsOldGoes() {
    var policy = (SizeAndTimeBasedRollingPolicy<ILoggingEvent>) file.getRollingPolicy();

    assertThat(policy.getFileNamePattern())
        .isEqualTo(folder + "/combined.%d{yyyy-MM-dd}.%i.log.gz");
    assertThat(policy.getMaxHistory()).isEqualTo(14);
  }

  @Test
  void aFileOfItsFullSizeIsRolledAndBegunAnew() throws Exception {
    Logger log = context.getLogger("io.skypanel.worker.build");
    String mebibyte = "x".repeat(1 << 20);
    for (int i = 0; i < 50; i++) {
      log.info(mebibyte);
    }

    await()
        .until(
            () -> {
              log.info("after");
              return Files.size(folder.resolve("combined.log")) < 1 << 20;
            });

    await().until(() -> folder.toFile().list((d, name) -> name.endsWith(".log.gz")).length == 1);
    assertThat(lines("combined.log")).allMatch(line -> line.endsWith("after"));
  }

  @Test
  void messagesAndExceptionsAreMasked() throws Exception {
    Logger log = context.getLogger("io.skypanel.worker.build");
    log.info("before: https://me:password@host/");
    maskBy((build, text) -> new Redactor(List.of("s3cret")).mask(text));
    log.warn("of s3cret", new IOException("no such s3cret"));

    assertThat(lines("combined.log")).first().asString().endsWith("before: https://****@host/");
    assertThat(String.join("\n", lines("combined.log")))
        .contains("of ****", "no such ****")
        .doesNotContain("s3cret");
  }

  @Test
  void aSecretBlanksOutNothingThatTheWorkerItselfSays() throws Exception {
    maskBy((build, text) -> new Redactor(List.of("INFO", "build", "main")).mask(text));
    context.getLogger("io.skypanel.worker.build").info("INFO of build");

    assertThat(lines("combined.log"))
        .singleElement()
        .asString()
        .contains("INFO  [main] io.skypanel.worker.build deployment=- **** of ****");
  }

  @Test
  void theConsoleIsMaskedLikeTheFile() {
    maskBy((build, text) -> new Redactor(List.of("s3cret")).mask(text));
    Logger log = context.getLogger("io.skypanel.worker.build");
    var event =
        new LoggingEvent(
            "", log, Level.WARN, "of s3cret", new IOException("no such s3cret"), new Object[0]);

    assertThat(((LayoutWrappingEncoder<ILoggingEvent>) console.getEncoder()).getLayout())
        .extracting(layout -> layout.doLayout(event))
        .asString()
        .contains("of ****", "no such ****")
        .doesNotContain("s3cret");
  }

  @Test
  void aLineIsMaskedAsOneOfTheBuildThatItIsOf() throws Exception {
    maskBy((build, text) -> build + " says " + text);
    Logger log = context.getLogger("io.skypanel.worker.build");
    MDC.put(Build.LOG_KEY, "d-1");
    log.info("this");
    MDC.remove(Build.LOG_KEY);
    log.info("that");

    assertThat(lines("combined.log").get(0)).endsWith("deployment=d-1 d-1 says this");
    assertThat(lines("combined.log").get(1)).endsWith("deployment=-  says that");
  }

  private void maskBy(BinaryOperator<String> mask) {
    context.putObject(MaskingLayout.MASK, mask);
  }
}
