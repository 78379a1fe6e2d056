package io.skypanel.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.timer.TimerEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restarts timer routes that are overdue by the monotonic clock. camel-timer goes by the wall
 * clock: when that is set back an hour, it is silent for an hour.
 */
final class TimerWatch implements RoutePolicyFactory {
  private static final Logger log = LoggerFactory.getLogger(TimerWatch.class);

  private final Duration tolerance;
  private final Map<String, Watched> routes = new ConcurrentHashMap<>();

  private static final class Watched {
    private final long periodMillis;
    private volatile long lastNanos = System.nanoTime();

    Watched(long periodMillis) {
      this.periodMillis = periodMillis;
    }
  }

  /**
   * @param tolerance how late a timer may be beyond two periods
   */
  TimerWatch(Duration tolerance) {
    this.tolerance = tolerance;
  }

  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
    return new RoutePolicySupport() {
      @Override
      public void onStart(Route started) {
        if (started.getEndpoint() instanceof TimerEndpoint timer) {
          routes.put(routeId, new Watched(timer.getPeriod()));
        }
      }

      @Override
      public void onExchangeBegin(Route running, Exchange exchange) {
        Watched watched = routes.get(routeId);
        if (watched != null) {
          watched.lastNanos = System.nanoTime();
        }
      }

      @Override
      public void onStop(Route stopped) {
        routes.remove(routeId);
      }
    };
  }

  /** Looks after the routes of {@code context} until {@code clock} ends. */
  void watch(CamelContext context, ScheduledExecutorService clock, Duration interval) {
    long millis = interval.toMillis();
    clock.scheduleWithFixedDelay(() -> look(context), millis, millis, TimeUnit.MILLISECONDS);
  }

  private void look(CamelContext context) {
    long now = System.nanoTime();
    routes.forEach(
        (id, watched) -> {
          Duration silent = Duration.ofNanos(now - watched.lastNanos);
          boolean idle = context.getInflightRepository().size(id) == 0;
          Duration allowed = Duration.ofMillis(2 * watched.periodMillis).plus(tolerance);
          if (idle && silent.compareTo(allowed) > 0) {
            restart(context, id, silent);
          }
        });
  }

  private static void restart(CamelContext context, String id, Duration silent) {
    log.warn(
        "Timer {} was silent for {} s (was the clock set?); restarting it", id, silent.toSeconds());
    try {
      context.getRouteController().stopRoute(id);
      context.getRouteController().startRoute(id);
    } catch (Exception e) {
      log.error("Route {} can't be restarted: {}", id, e.getMessage());
    }
  }
}
