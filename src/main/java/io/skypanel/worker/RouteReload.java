package io.skypanel.worker;

import io.skypanel.worker.intake.Intake;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
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

  /** What the running routes were made from. */
  private final Map<Path, String> loaded = new HashMap<>();

  /** Good edits whose time has not come. */
  private final Map<Path, String> waiting = new LinkedHashMap<>();

  /** Broken edits, so that each is complained of once. */
  private final Map<Path, String> refused = new HashMap<>();

  private final Map<Path, String> seen = new HashMap<>();
  private final Set<Path> deleted = new HashSet<>();

  /** What the last look failed on, so that it is said once; empty if it did not. */
  private String trouble = "";

  RouteReload(CamelContext context, RouteTrial trial, RouteFiles files, Intake intake) {
    this.context = context;
    this.trial = trial;
    this.files = files;
    this.intake = intake;
    loaded.putAll(files.contents());
    seen.putAll(loaded);
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
      trouble = "";
    } catch (RuntimeException e) {
      String now = String.valueOf(e.getMessage());
      if (!now.equals(trouble)) {
        log.error("The route files can't be looked at: {}", now);
      }
      trouble = now;
    }
  }

  /** One look: notes what changed, and takes over what can be taken over now. */
  synchronized void look() {
    Map<Path, String> now = files.contents();
    noteDeleted(now);
    now.forEach(this::compare);
    seen.clear();
    seen.putAll(now);
    Set.copyOf(waiting.keySet()).forEach(this::takeOverWhenIdle);
    if (waiting.keySet().stream().noneMatch(RouteReload::needsIdleWorker)) {
      intake.lift(HOLD);
    }
  }

  /** An editor may just be replacing a file, so it is gone only if the last look missed it too. */
  private void noteDeleted(Map<Path, String> now) {
    waiting.keySet().removeIf(file -> !now.containsKey(file) && !seen.containsKey(file));
    for (Path file : loaded.keySet()) {
      if (now.containsKey(file)) {
        deleted.remove(file);
      } else if (!seen.containsKey(file) && deleted.add(file)) {
        log.warn("{} is gone; its route goes on as it is until the next start", file);
      }
    }
  }

  private void compare(Path file, String text) {
    if (text.equals(loaded.get(file))) {
      boolean wasEdited = waiting.remove(file) != null;
      if (refused.remove(file) != null || wasEdited) {
        log.info("{} is as it was", file.getFileName());
      }
    } else if (text.equals(seen.get(file)) // a file that still changes is half written
        && !text.equals(waiting.get(file))
        && !text.equals(refused.get(file))) {
      examine(file, text);
    }
  }

  private void examine(Path file, String text) {
    waiting.remove(file);
    try {
      trial.load(file, text);
    } catch (Exception e) {
      log.error("{} is not taken over, the old route stays: {}", file.getFileName(), reason(e));
      refused.put(file, text);
      return;
    }
    refused.remove(file);
    waiting.put(file, text);
    if (needsIdleWorker(file)) {
      intake.hold(HOLD);
      if (intake.inFlight() > 0) {
        log.info(
            "{} has changed; it is taken over when all running builds ({}) have ended",
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

  private void takeOverWhenIdle(Path file) {
    boolean busy =
        needsIdleWorker(file)
            ? intake.inFlight() > 0
            : context.getInflightRepository().size(RouteFiles.name(file)) > 0;
    if (busy) {
      return;
    }
    String text = waiting.remove(file);
    if (takeOver(file, text) && isConfiguration(file)) {
      // a configuration reaches a route only when the route is made
      Map.copyOf(loaded).forEach(this::takeOver);
    }
  }

  private boolean takeOver(Path file, String text) {
    try {
      load(file, text);
      loaded.put(file, text);
      log.info("{} was taken over", file.getFileName());
      return true;
    } catch (Exception e) {
      log.error("{} can't be taken over: {}", file.getFileName(), reason(e));
      refused.put(file, text);
      bringBack(file);
      return false;
    }
  }

  /** Camel may have removed the old route before the new one failed. */
  private void bringBack(Path file) {
    String old = loaded.get(file);
    if (old != null) {
      try {
        load(file, old);
        log.info("The old {} is back", file.getFileName());
      } catch (Exception e) {
        log.error("The old {} can't be brought back: {}", file.getFileName(), reason(e));
      }
    }
  }

  private void load(Path file, String text) throws Exception {
    var loader = PluginHelper.getRoutesLoader(context);
    for (String id : loader.updateRoutes(RouteTrial.resource(file, text))) {
      // the timers are started by hand once the worker is registered, and so here
      context.getRouteController().startRoute(id);
    }
  }

  static String reason(Throwable error) {
    Throwable t = error;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
  }
}
