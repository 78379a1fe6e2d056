package io.skypanel.worker.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;

/** One combination: two builds, of which one is watched and struck at its moment. */
final class Round {
  private static final Duration APPEARS_WITHIN = Duration.ofSeconds(60);
  private static final Duration STRETCH = Duration.ofMillis(1200);

  /** An answer must be broken before it is asked for: the app begins to listen after 2.5 s. */
  private static final Duration BEFORE_LISTENING = Duration.ofMillis(1200);

  private final World world;
  private final Extent extent;
  private final Combination combination;
  private final Random random;

  Round(World world, Extent extent, Combination combination) {
    this.world = world;
    this.extent = extent;
    this.combination = combination;
    this.random = combination.random();
  }

  Result run() throws Exception {
    long begun = System.nanoTime();
    TestApp redeployed = world.redeployment(true);
    TestApp fresh = world.newApp();
    TestApp victim = random.nextBoolean() ? redeployed : fresh;
    Moment moment = combination.moment();
    long polls = polls();
    if (moment == Moment.CLAIM) {
      world.panel.faults().on("/accept$").times(2).delay(STRETCH);
    }
    world.panel.queue(redeployed.request());
    world.panel.queue(fresh.request());
    if (moment == Moment.REPORT && !combination.fault().isAnAnswer()) {
      Wait.until(APPEARS_WITHIN, () -> isIn(victim, Moment.PROBE, polls));
      world.panel.faults().on("/status$").delay(STRETCH);
    }
    boolean met = Wait.until(APPEARS_WITHIN, () -> isIn(victim, moment, polls));
    if (moment == Moment.REPORT && combination.fault().isAnAnswer()) {
      Wait.pass(BEFORE_LISTENING);
    }
    Wait.pass(Duration.ofMillis((long) (moment.window().toMillis() * random.nextDouble())));
    new Strike(world, extent, random).run(combination.fault());
    Verdict verdict = new Verdict(world, extent, combination, List.of(redeployed, fresh));
    if (!met) {
      verdict.problem("the phase was never seen");
    }
    verdict.judge();
    world.drop(fresh.appId());
    return verdict.result((System.nanoTime() - begun) / 1e9);
  }

  private long polls() {
    return world.panel.calls("GET .*/builds/queued").size();
  }

  private boolean isIn(TestApp app, Moment moment, long pollsBefore)
      throws IOException, InterruptedException {
    return switch (moment) {
      case CLAIM -> polls() > pollsBefore;
      case CHECKOUT, IMAGE -> stage(app).equals(moment.label());
      case START -> stage(app).equals("deploy");
      case PROBE -> says(app, "Started skypanel-app-");
      case REPORT -> says(app, combination.fault().isAnAnswer() ? "Started " : "Live at ");
    };
  }

  private String stage(TestApp app) throws IOException, InterruptedException {
    JsonNode running = world.worker.status().path("builds").path("running");
    return StreamSupport.stream(running.spliterator(), false)
        .filter(build -> build.path("deploymentId").asText().equals(app.deploymentId()))
        .map(build -> build.path("stage").asText())
        .findFirst()
        .orElse("");
  }

  private boolean says(TestApp app, String text) throws IOException {
    return world
        .worker
        .output()
        .lines()
        .anyMatch(line -> line.contains(app.deploymentId()) && line.contains(text));
  }
}
