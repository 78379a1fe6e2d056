package io.skypanel.worker;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class TimerWatchTest {
  @Test
  void aTimerThatIsSilentByTheMonotonicClockIsRestarted() throws Exception {
    AtomicInteger beats = new AtomicInteger();
    TimerWatch watch = new TimerWatch(Duration.ofMillis(50));
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.addRoutePolicyFactory(watch);
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              // fires once and then never again, as a timer does after the clock was set back
              from("timer:beat?delay=0&period=20&repeatCount=1")
                  .routeId("beat")
                  .process(exchange -> beats.incrementAndGet());
            }
          });
      context.start();
      watch.watch(context, clock, Duration.ofMillis(20));

      await().atMost(Duration.ofSeconds(10)).until(() -> beats.get() >= 2);
    } finally {
      clock.shutdownNow();
    }
  }
}
