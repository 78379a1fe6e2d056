package io.skypanel.worker.apps;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a class logs, until it is closed. */
final class Logged implements AutoCloseable {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  private Logged(Logger logger) {
    this.logger = logger;
  }

  static Logged of(Class<?> type) {
    Logged logged = new Logged((Logger) LoggerFactory.getLogger(type));
    logged.appender.start();
    logged.logger.addAppender(logged.appender);
    return logged;
  }

  /** Level and message of each line. */
  List<String> lines() {
    return appender.list.stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
