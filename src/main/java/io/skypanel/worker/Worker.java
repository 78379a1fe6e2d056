package io.skypanel.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.Info;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineCheck;
import io.skypanel.worker.engine.EngineFacts;
import io.skypanel.worker.engine.HostNetwork;
import io.skypanel.worker.engine.IsolationCheck;
import io.skypanel.worker.image.Builders;
import io.skypanel.worker.image.BuildxPlugin;
import io.skypanel.worker.network.Firewall;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerId;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import io.skypanel.worker.status.BuildsMXBean;
import io.skypanel.worker.status.JmxServer;
import io.skypanel.worker.status.StatusServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.support.SimpleRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the worker, from its settings to its exit code: engine, Camel, panel, work, drain.
 * What a build goes through is in the routes; here is only what must stand before they run and end
 * after them.
 */
final class Worker {
  static final int EXIT_SETTINGS = 2;
  static final int EXIT_ENGINE = 3;

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** An operator's rollback, too, must wait for what is decided about builds that were cut off. */
  private static final String STARTING = "the worker is starting: it waits for the panel";

  private static final int STOP_SECONDS = 5;
  static final Duration ENGINE_LIMIT = Duration.ofSeconds(60);
  private static final Duration FIREWALL_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_AT_ROUTES = Duration.ofMillis(500);
  private static final Duration LOOK_AT_TIMERS = Duration.ofSeconds(1);
  private static final Duration LOOK_AT_CHECKOUTS = Duration.ofSeconds(1);

  /** The first builds come first: the start's own work and clean-up's would slow one another. */
  private static final Duration CLEAN_UP_AFTER = Duration.ofSeconds(5);

  /** Beyond the build timeout, for builds to be reported. */
  private static final Duration DRAIN_GRACE = Duration.ofMinutes(1);

  private static final Duration TIMER_TOLERANCE = Duration.ofSeconds(5);

  /**
   * Stopping a route to replace or restart it may take long; no build's time limit waits for it.
   */
  private static final int CLOCK_THREADS = 3;

  private final WorkerSettings settings;
  private final Machine machine;
  private final String version;
  private final EngineCheck connecting;
  private final WorkerCamel workerCamel;
  private final StopRequests stops = new StopRequests();

  /**
   * @param connecting to the engine; the connection is closed here
   */
  Worker(
      WorkerSettings settings,
      SettingSources sources,
      Machine machine,
      String version,
      EngineCheck connecting) {
    this.connecting = connecting;
    this.settings = settings;
    this.machine = machine;
    this.version = version;
    this.workerCamel = new WorkerCamel(settings, sources.properties());
  }

  /** Runs until told to stop; gives the exit code. */
  int run() throws Exception {
    stops.listen();
    settings.warnings().forEach(log::warn);
    ScheduledExecutorService clock =
        Executors.newScheduledThreadPool(CLOCK_THREADS, Worker::daemon);
    ObjectMapper json = new ObjectMapper();
    try (StatusServer http = new StatusServer(settings.bind(), settings.port(), json);
        DockerEngine engine = connecting.engine()) {
      String workerId = WorkerId.in(settings.stateDir());
      Info info = connecting.await(() -> !stops.isStopping());
      EngineFacts facts = EngineFacts.of(info);
      log.info("Docker engine {} answers at {}", facts.version(), settings.docker().host());
      if (machine.inContainer()) {
        HostNetwork.warning(engine.client(), settings.docker()).ifPresent(log::warn);
      }
      Optional<String> lack = IsolationCheck.problem(settings.isolation(), settings.docker(), info);
      if (lack.isPresent()) {
        log.error(lack.get());
        return EXIT_SETTINGS;
      }
      Firewall firewall =
          new Firewall(settings.isolation().firewall(), engine.client(), new ProcessGroupRunner());
      firewall.raise(FIREWALL_LIMIT, () -> !stops.isStopping());
      Builders.check(settings.images(), System.getenv());
      Builders builders =
          Builders.choose(settings.images(), BuildxPlugin.find(System.getenv()), engine.client());
      log.info("Images are built with {}: {}", builders.name(), builders.why());
      EnginePing ping = new EnginePing();
      ApiToken token = ApiToken.of(settings.apiToken(), settings.stateDir());
      WorkerBeans beans =
          new WorkerBeans(
              settings, workerId, version, token, engine, facts, builders, firewall, ping, clock,
              json);
      Logging.maskBy(beans.redaction::mask);
      return work(beans, token, ping, http, clock);
    } catch (Firewall.Busy e) {
      return gaveUp(e, "the packet filter");
    } catch (StatusServer.PortTaken | Firewall.Unusable e) {
      log.error(e.getMessage());
      return EXIT_SETTINGS;
    } catch (Builders.Unusable e) {
      log.error(e.getMessage());
      return EXIT_ENGINE;
    } catch (EngineCheck.Unusable e) {
      return gaveUp(e, "the Docker engine");
    } finally {
      clock.shutdownNow();
    }
  }

  private int gaveUp(Exception why, String what) {
    if (stops.isStopping()) {
      log.info("Stopped while waiting for {}", what);
      return 0;
    }
    log.error(why.getMessage());
    return EXIT_ENGINE;
  }

  private int work(
      WorkerBeans beans,
      ApiToken token,
      EnginePing ping,
      StatusServer http,
      ScheduledExecutorService clock)
      throws Exception {
    RouteFiles files = new RouteFiles(settings.routesDir());
    files
        .missing()
        .forEach(n -> log.debug("Route {} is not in ROUTES_DIR; the jar's copy serves", n));
    TimerWatch timers = new TimerWatch(TIMER_TOLERANCE);
    Main camel = workerCamel.main(beans, files, timers);
    try {
      camel.start();
    } catch (Exception e) {
      explain(e, beans, files);
      camel.stop();
      return EXIT_SETTINGS;
    }
    register(beans.board);
    try (AutoCloseable jmx = openJmx();
        AutoCloseable events = beans.apps.listen();
        ClassArchive archive =
            new ClassArchive(Machine.jar(), settings.docker(), settings.stateDir())) {
      CamelContext context = camel.getCamelContext();
      beans.wake.attach(context);
      ping.attach(context);
      http.serve(beans.statusView, beans.meters, beans.board, beans.apps.access, token);
      beans.checkoutWatch.watch(clock, LOOK_AT_CHECKOUTS);
      beans.intake.hold(STARTING);
      if (new PanelConnection(context, beans.registration, settings, stops).establish()) {
        beans.intake.lift(STARTING);
        for (String timer : new String[] {"send-heartbeat", "keep-time", "schedule-clean-up"}) {
          context.getRouteController().startRoute(timer);
        }
        // its own timer begins with an interval
        clock.schedule(beans.wake.of("clean-up"), CLEAN_UP_AFTER.toMillis(), TimeUnit.MILLISECONDS);
        timers.watch(context, clock, LOOK_AT_TIMERS);
        RouteTrial trial = new RouteTrial(context.getRegistry(), workerCamel.placeholders());
        new RouteReload(context, trial, files, beans.intake).watch(clock, LOOK_AT_ROUTES);
        log.info(
            "Ready: {} slots, shard {}, status at http://{}:{}/status",
            settings.maxConcurrentBuilds(),
            settings.shard(),
            settings.bind(),
            settings.port());
        archive.begin();
        stops.await();
        Duration limit = settings.buildTimeout().plus(DRAIN_GRACE);
        new Drain(beans.intake, beans.outbox, beans.board, stops, limit).run();
      }
    } finally {
      // builds have ended: what still runs is at most a call that the panel does not answer
      camel.getCamelContext().getShutdownStrategy().setTimeout(STOP_SECONDS);
      awaitQuiet(camel.getCamelContext());
      camel.stop();
      log.info("Stopped");
    }
    return 0;
  }

  /** Gives what is under way a second: Camel itself would look only once a second. */
  private static void awaitQuiet(CamelContext context) throws InterruptedException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (context.getInflightRepository().size() > 0 && System.nanoTime() - giveUp < 0) {
      Thread.sleep(20);
    }
  }

  /** Names the route files that are at fault: Camel's own message may not. */
  private void explain(Exception error, WorkerBeans beans, RouteFiles files) {
    SimpleRegistry registry = new SimpleRegistry();
    beans.byName().forEach(registry::bind);
    RouteTrial trial = new RouteTrial(registry, workerCamel.placeholders());
    log.error("The routes can't be started: {}", RouteReload.reason(error));
    files
        .contents()
        .forEach(
            (file, text) -> {
              try {
                trial.load(file, text);
              } catch (Exception e) {
                log.error("{} can't be loaded: {}", file, RouteReload.reason(e));
              }
            });
  }

  private static void register(BuildsMXBean builds) throws JMException {
    var server = ManagementFactory.getPlatformMBeanServer();
    var name = new ObjectName("io.skypanel.worker:type=Builds");
    if (!server.isRegistered(name)) {
      server.registerMBean(new StandardMBean(builds, BuildsMXBean.class, true), name);
    }
  }

  private AutoCloseable openJmx() throws StatusServer.PortTaken {
    if (settings.jmx().isEmpty()) {
      return () -> {};
    }
    JmxServer server = new JmxServer(settings.jmx().get());
    log.info("JMX at {}:{}", settings.jmx().get().host(), settings.jmx().get().port());
    return server;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "worker-clock");
    thread.setDaemon(true);
    return thread;
  }
}
