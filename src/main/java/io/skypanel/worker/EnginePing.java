package io.skypanel.worker;

import io.skypanel.worker.engine.EngineHealth.State;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;

/** Asks the route {@code check-docker} whether the engine answers. Thread-safe. */
final class EnginePing implements Supplier<State> {
  private volatile ProducerTemplate template;

  void attach(CamelContext context) {
    template = context.createProducerTemplate();
  }

  @Override
  public State get() {
    ProducerTemplate current = template;
    return current == null
        ? new State(false, "the worker is starting")
        : current.requestBody("direct:check-docker", "", State.class);
  }
}
