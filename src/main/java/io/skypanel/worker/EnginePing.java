package io.skypanel.worker;

import io.skypanel.worker.status.StatusView.EngineState;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;

/** Asks the route {@code check-docker} whether the engine answers. Thread-safe. */
final class EnginePing implements Supplier<EngineState> {
  private volatile ProducerTemplate template;

  void attach(CamelContext context) {
    template = context.createProducerTemplate();
  }

  @Override
  public EngineState get() {
    ProducerTemplate current = template;
    if (current == null) {
      return new EngineState(false, "the worker is starting");
    }
    try {
      current.requestBody("direct:check-docker", "");
      return new EngineState(true, "");
    } catch (CamelExecutionException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return new EngineState(false, "no answer: " + cause.getMessage());
    }
  }
}
