package io.skypanel.worker;

import io.skypanel.worker.panel.PanelAnswer;
import io.skypanel.worker.panel.Registration;
import io.skypanel.worker.settings.WorkerSettings;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets this worker known to the panel at start: waits for the panel, goes on with kept credentials
 * or registers, and takes up the builds of the last run. A worker started before its panel comes up
 * by itself.
 */
final class PanelConnection {
  private static final Logger log = LoggerFactory.getLogger(PanelConnection.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(15);

  private final ProducerTemplate routes;
  private final Registration registration;
  private final WorkerSettings settings;
  private final StopRequests stops;
  private Duration pause = FIRST_PAUSE;
  private long lastLineNanos;

  PanelConnection(
      CamelContext context,
      Registration registration,
      WorkerSettings settings,
      StopRequests stops) {
    this.routes = context.createProducerTemplate();
    this.registration = registration;
    this.settings = settings;
    this.stops = stops;
  }

  /** Returns true once the panel knows this worker, or false when told to stop before. */
  boolean establish() throws InterruptedException {
    while (!stops.isStopping()) {
      PanelAnswer health = routes.requestBody("direct:check-panel", "", PanelAnswer.class);
      if (health.succeeded() && (reconnect() || register()) && recover()) {
        return true;
      }
      if (!health.succeeded()) {
        sayThatItWaits(health);
      }
      stops.await(pause);
      pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
    }
    return false;
  }

  private void sayThatItWaits(PanelAnswer health) {
    long now = System.nanoTime();
    if (lastLineNanos == 0 || now - lastLineNanos >= BETWEEN_LINES.toNanos()) {
      log.info("Waiting for the panel at {}: {}", settings.skypanelUrl(), health.describe());
      lastLineNanos = now;
    }
  }

  private boolean reconnect() {
    registration.compareFacts();
    if (registration.isNeeded()) {
      return false;
    }
    PanelAnswer answer = routes.requestBody("direct:beat", "", PanelAnswer.class);
    if (answer.succeeded()) {
      log.info("Reconnected to {} with kept credentials", settings.skypanelUrl());
    }
    return answer.succeeded();
  }

  private boolean recover() {
    try {
      routes.requestBody("direct:recover-builds", "");
      return true;
    } catch (CamelExecutionException e) {
      log.warn("Builds of the last run can't be taken up yet: {}", e.getCause().getMessage());
      return false;
    }
  }

  private boolean register() {
    return registration.isNeeded()
        && Boolean.TRUE.equals(routes.requestBody("direct:register-worker", "", Boolean.class));
  }
}
