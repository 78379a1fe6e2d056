package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineFacts;
import io.skypanel.worker.image.Builders;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.network.Firewall;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the worker's Camel and its Java machine show over JMX while builds wait and run. */
class ManagementTest {
  private static final String SECRET = "Zx8-kQ2-pL5-vN9-tR3";

  @TempDir Path folder;
  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private DockerEngine engine;
  private Main camel;

  @AfterEach
  void stop() throws Exception {
    end.countDown();
    camel.getCamelContext().getShutdownStrategy().setTimeout(1); // a build waits for ever
    camel.stop();
    engine.close();
    clock.shutdownNow();
  }

  /** Camel as the worker starts it, and one build in the queue, one in a step. */
  private void start(Map<String, String> operators) throws Exception {
    Map<String, String> environment =
        Map.of(
            "SKYPANEL_URL",
            "http://localhost:1",
            "DOCKER_HOST",
            "tcp://127.0.0.1:1",
            "STATE_DIR",
            folder.resolve("state").toString(),
            "WORKSPACE_DIR",
            folder.resolve("work").toString(),
            "WORKER_NODE_ID",
            "node",
            "WORKER_AUTH_TOKEN",
            SECRET);
    Machine machine = new Machine("test", 2, false, folder, folder, folder);
    SettingSources sources = new SettingSources(environment, Map.of(), operators);
    WorkerSettings settings = WorkerSettings.read(sources, machine);
    engine = new DockerEngine(settings.docker());
    WorkerBeans wiring =
        new WorkerBeans(
            settings,
            "worker",
            "test",
            new ApiToken(SECRET),
            engine,
            new EngineFacts("test", "/nowhere", 0),
            new Builders(Optional.empty(), "a test"),
            new Firewall(false, engine.client(), new ProcessGroupRunner()),
            new EnginePing(),
            clock,
            new ObjectMapper());
    camel =
        new WorkerCamel(settings, sources.properties())
            .main(wiring, new RouteFiles(Optional.empty()), new TimerWatch(Duration.ofSeconds(5)));
    camel.configure().setBasePackageScanEnabled(false); // tests have routes, too
    camel.start();
    CamelContext context = camel.getCamelContext();
    context.getRouteController().stopRoute("run-build");
    context.addRoutes(holding());
    ProducerTemplate to = context.createProducerTemplate();
    to.sendBody("seda:builds", job());
    to.sendBody("seda:builds", new QueuedBuild.Resumed(job(), image()));
    to.sendBody("seda:held", job());
    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private RouteBuilder holding() {
    return new RouteBuilder() {
      @Override
      public void configure() {
        from("seda:held")
            .routeId("held")
            .setVariable("job", body())
            .process(
                exchange -> {
                  held.countDown();
                  end.await();
                });
      }
    };
  }

  private static BuildJob job() {
    return new BuildJob(
        "d-1",
        "app-1",
        "shop",
        Optional.of("acme"),
        Optional.empty(),
        new GitSource("https://me:" + SECRET + "@git.example.com/x.git", "main", Optional.empty()),
        Optional.empty(),
        Optional.of("make " + SECRET),
        Optional.empty(),
        Map.of("DATABASE_PASSWORD", SECRET),
        Map.of());
  }

  /** Its command may hold what its job does. */
  private static BuiltImage image() {
    RunPlan run =
        new RunPlan(
            RunPlan.Process.WEB,
            Optional.of("serve --key " + SECRET),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalDouble.empty(),
            Map.of(),
            List.of());
    Checkout checkout = new Checkout(Path.of("/srv"), new Checkout.Commit("abc", "Ann", "First"));
    return new BuiltImage(checkout, ImageRef.of(job()), "sha256:1", List.of(), run);
  }

  @Test
  void noSecretOfAWaitingOrRunningBuildNorOfTheWorkersIsShown() throws Exception {
    start(Map.of("worker.api.token", SECRET));

    ManagedWalk walk = ManagedWalk.over(beans);

    assertThat(walk.placesWith(SECRET)).isEmpty();
    assertThat(beans.queryNames(new ObjectName("org.apache.camel:*"), null))
        .extracting(name -> name.getKeyProperty("type"))
        .containsOnly("context", "routes");
    assertThat(walk.placesWith("run-build")).isNotEmpty();
    assertThat(walk.size()).isGreaterThan(1000);
  }

  @Test
  void routesCanBeCountedStoppedAndStarted() throws Exception {
    start(Map.of());
    ObjectName route =
        beans
            .queryNames(new ObjectName("org.apache.camel:type=routes,name=\"held\",*"), null)
            .stream()
            .findFirst()
            .orElseThrow();

    assertThat(beans.getAttribute(route, "ExchangesInflight")).isEqualTo(1L);
    end.countDown();
    await().until(() -> beans.getAttribute(route, "ExchangesTotal").equals(1L));
    beans.invoke(route, "stop", new Object[0], new String[0]);
    assertThat(beans.getAttribute(route, "State")).isEqualTo("Stopped");
    beans.invoke(route, "start", new Object[0], new String[0]);
    assertThat(beans.getAttribute(route, "State")).isEqualTo("Started");
  }

  /** Else the walk would prove nothing. */
  @Test
  void allThatCamelHasWouldShowThem() throws Exception {
    start(Map.of("camel.main.jmxManagementMBeansLevel", "Default"));

    assertThat(ManagedWalk.over(beans).placesWith(SECRET))
        .anyMatch(place -> place.contains("seda://builds") && place.contains("browse"));
  }
}
