package io.skypanel.worker;

import io.skypanel.worker.job.QueuedBuild;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ServiceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Java wake a route that waits on a SEDA queue of one place: what is being woken already needs
 * no second wake, and put builds on the build queue. Before Camel runs and after it has stopped, it
 * does nothing.
 */
final class RouteWake {
  private static final Logger log = LoggerFactory.getLogger(RouteWake.class);
  private static final String OPTIONS = "?size=1&discardWhenFull=true";

  private volatile ProducerTemplate template;

  void attach(CamelContext context) {
    template = context.createProducerTemplate();
  }

  /** Wakes the route {@code id}; gives what does so. */
  Runnable of(String id) {
    return () -> {
      ProducerTemplate current = template;
      if (current != null && current.getCamelContext().getStatus() == ServiceStatus.Started) {
        current.sendBody("seda:" + id + OPTIONS, "");
      }
    };
  }

  /** Puts a build on the build queue; false if Camel does not run or the queue takes nothing. */
  boolean queue(String buildQueue, QueuedBuild build) {
    ProducerTemplate current = template;
    if (current == null || current.getCamelContext().getStatus() != ServiceStatus.Started) {
      return false;
    }
    try {
      current.sendBody(buildQueue, build);
      return true;
    } catch (CamelExecutionException e) {
      log.error("{} can't be put on the build queue", build, e);
      return false;
    }
  }
}
