package io.skypanel.worker;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import io.skypanel.worker.settings.WorkerSettings;
import java.net.URL;
import java.util.function.BinaryOperator;
import org.slf4j.LoggerFactory;

/** Sets up Logback for a running worker: console and a rolling file, at the wanted level. */
final class Logging {
  private Logging() {}

  /**
   * What is logged from then on is masked by {@code mask}, which must not log; until then only
   * credentials in URLs and PEM blocks are masked.
   *
   * @param mask takes the deployment that a line is of, empty if it is of none, and a text
   */
  static void maskBy(BinaryOperator<String> mask) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.putObject(MaskingLayout.MASK, mask);
  }

  static void configure(WorkerSettings settings) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    URL configuration = Logging.class.getResource("/logback-worker.xml");
    context.reset();
    context.putProperty("LOG_DIR", settings.logDir().toString());
    context.putProperty("LOG_LEVEL", settings.logLevel());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(configuration);
    } catch (JoranException e) {
      throw new IllegalStateException("logback-worker.xml can't be read", e);
    }
  }
}
