package io.skypanel.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.skypanel.worker.intake.Intake;
import io.skypanel.worker.report.Outbox;

/** The figures of the process and of what waits in it. */
final class WorkerMeters {
  private WorkerMeters() {}

  /** Binds them to {@code meters}, for as long as the worker lives. */
  static void bind(MeterRegistry meters, int slots, Intake intake, Outbox outbox) {
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    bindCollector(meters);
    meters.gauge("skypanel.slots.total", slots);
    meters.gauge("skypanel.slots.used", intake, Intake::inFlight);
    meters.gauge("skypanel.reports.waiting", outbox, Outbox::size);
  }

  @SuppressWarnings("resource") // lives as long as the worker
  private static void bindCollector(MeterRegistry meters) {
    new JvmGcMetrics().bindTo(meters);
  }
}
