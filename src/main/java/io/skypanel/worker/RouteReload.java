package io.skypanel.worker;

import io.skypanel.worker.intake.Intake;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over edited route files while the worker runs, and never disturbs a running build: Camel's
 * own reload would stop the old route and, past the shutdown timeout, interrupt what runs on it. So
 * a route is replaced only while nothing runs on it; for the build's own routes the intake is held
 * until the running builds have ended. An edit is tried out in a context of its own first, so that
 * a broken one leaves the old route as it is.
 */
final class RouteReload {
  private static final Logger log = LoggerFactory.getLogger(RouteReload.class);
  private static final String HOLD = "an edited route waits for the running builds to end";

  /** Routes that a build runs on from end to end. */
  private static final Set<String> BUILD_ROUTES = Set.of("run-build", "claim-build");

  private final CamelContext context;
  private final RouteTrial trial;
  private final RouteFiles files;
  private final Intake intake;
  private final Map<Path, String> applied = new HashMap<>();
  private final Map<Path, String> seen = new HashMap<>();
  private final Map<Path, String> waiting = new LinkedHashMap<>();

  RouteReload(CamelContext context, RouteTrial trial, RouteFiles files, Intake intake) {
    this.context = context;
    this.trial = trial;
    this.files = files;
    this.intake = intake;
    applied.putAll(files.contents());
  }

  /** Looks at the files again and again, every {@code interval}. */
  void watch(ScheduledExecutorService clock, Duration interval) {
    if (files.directory().isPresent()) {
      long millis = interval.toMillis();
      clock.scheduleWithFixedDelay(this::lookSafely, millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException e) {
      log.error("The route files can't be looked at: {}", e.getMessage());
    }
  }

  /** One look: notes what changed, and takes over what can be taken over now. */
  synchronized void look() {
    Map<Path, String> now = files.contents();
    for (Path gone : Set.copyOf(applied.keySet())) {
      if (!now.containsKey(gone)) {
        applied.remove(gone);
        log.warn("{} is gone; its route goes on as it is until the next start", gone);
      }
    }
    now.forEach(
        (file, text) -> {
          boolean changed = !text.equals(applied.get(file));
          // a file that still changes is half written
          if (changed && text.equals(seen.get(file)) && !text.equals(waiting.get(file))) {
            examine(file, text);
          } else if (!changed && waiting.remove(file) != null) {
            log.info("{} is as it was", file.getFileName());
          }
          seen.put(file, text);
        });
    Set.copyOf(waiting.keySet()).forEach(this::tryToApply);
    if (waiting.keySet().stream().noneMatch(RouteReload::needsIdleWorker)) {
      intake.lift(HOLD);
    }
  }

  private void examine(Path file, String text) {
    try {
      trial.load(file, text);
    } catch (Exception e) {
      log.error("{} is not taken over, the old route stays: {}", file.getFileName(), reason(e));
      applied.put(file, text);
      waiting.remove(file);
      return;
    }
    waiting.put(file, text);
    if (needsIdleWorker(file)) {
      intake.hold(HOLD);
      if (intake.inFlight() > 0) {
        log.info(
            "{} has changed; it is taken over when {} running builds have ended",
            file.getFileName(),
            intake.inFlight());
      }
    }
  }

  private static boolean needsIdleWorker(Path file) {
    return BUILD_ROUTES.contains(RouteFiles.name(file)) || isConfiguration(file);
  }

  private static boolean isConfiguration(Path file) {
    return RouteFiles.name(file).equals("worker-errors");
  }

  private void tryToApply(Path file) {
    boolean busy =
        needsIdleWorker(file)
            ? intake.inFlight() > 0
            : context.getInflightRepository().size(RouteFiles.name(file)) > 0;
    if (!busy) {
      String text = waiting.remove(file);
      applied.put(file, text);
      apply(file, text);
      if (isConfiguration(file)) {
        // a configuration reaches a route only when the route is made
        files.contents().forEach((f, t) -> apply(f, t));
      }
    }
  }

  private void apply(Path file, String text) {
    try {
      RoutesLoader loader = PluginHelper.getRoutesLoader(context);
      for (String id : loader.updateRoutes(RouteTrial.resource(file, text))) {
        // the timers are started by hand once the worker is registered, and so here
        context.getRouteController().startRoute(id);
      }
      log.info("{} was taken over", file.getFileName());
    } catch (Exception e) {
      log.error("{} can't be taken over: {}", file.getFileName(), reason(e));
    }
  }

  private static String reason(Throwable error) {
    Throwable t = error;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
  }
}
