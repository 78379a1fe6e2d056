package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.intake.Claim;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Outcome;
import io.skypanel.worker.redact.Redaction;
import io.skypanel.worker.redact.SecretRules;
import io.skypanel.worker.report.Journal;
import io.skypanel.worker.report.Reports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the route does with a build that was accepted and can't be opened. */
class RunBuildTest {
  private static final BuildJob JOB =
      new BuildJob(
          "d-1",
          "app-1",
          "shop",
          Optional.empty(),
          Optional.empty(),
          new GitSource("https://git.example.com/x.git", "main", Optional.empty()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of());

  @TempDir Path folder;
  private final Queue<Outcome> hooked = new ConcurrentLinkedQueue<>();

  private static Reports withoutMemory(Wiring wiring) {
    var redaction =
        new Redaction(
            new SecretRules(List.of()),
            () -> {
              throw new OutOfMemoryError("of a test");
            });
    Path state = wiring.settings.stateDir();
    return new Reports(
        state,
        new Journal(state),
        wiring.beans.outbox,
        () -> {},
        redaction,
        job -> Optional.empty());
  }

  private RouteBuilder neighbours() {
    return new RouteBuilder() {
      @Override
      public void configure() {
        from("seda:claim-build").routeId("claim-build").setBody(constant(true));
        from("direct:after-outcome")
            .routeId("after-outcome")
            .process(exchange -> hooked.add(exchange.getMessage().getBody(Outcome.class)));
      }
    };
  }

  @Test
  void aBuildThatCantBeOpenedGetsItsFinalStatusAndGivesItsSlotBack() throws Exception {
    try (Wiring wiring = new Wiring(folder);
        DefaultCamelContext context = new DefaultCamelContext()) {
      context.disableJMX();
      wiring.beans.byName().forEach(context.getRegistry()::bind);
      Reports reports = withoutMemory(wiring);
      context.getRegistry().bind("claim", new Claim(null, folder, reports::open));
      context.getPropertiesComponent().setInitialProperties(wiring.placeholders);
      context.addRoutes(neighbours());
      Path file = Path.of("routes/run-build.camel.yaml");
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(RouteTrial.resource(file, Files.readString(file)));
      context.start();
      wiring.beans.intake.readmit(JOB);

      context.createProducerTemplate().sendBody("seda:builds", JOB);

      await().until(() -> wiring.beans.intake.inFlight() == 0);
      assertThat(wiring.beans.outbox.holds("d-1", "building_failed")).isTrue();
      assertThat(wiring.beans.outbox.size()).isEqualTo(1);
      assertThat(wiring.beans.board.recent()).hasSize(1);
      assertThat(hooked).extracting(Outcome::fault).containsExactly(Optional.of("worker"));
      assertThat(wiring.settings.stateDir().resolve("journal")).isEmptyDirectory();
    }
  }
}
