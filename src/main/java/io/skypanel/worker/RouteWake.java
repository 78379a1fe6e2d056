package io.skypanel.worker;

import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ServiceStatus;

/**
 * Lets Java wake a route that waits on a SEDA queue of one place: what is being woken already needs
 * no second wake. Before Camel runs and after it has stopped, a wake does nothing.
 */
final class RouteWake {
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
}
