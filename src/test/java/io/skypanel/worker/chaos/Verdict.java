package io.skypanel.worker.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.sandbox.DeploymentView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must hold after a combination. */
final class Verdict {
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(20);
  private static final Duration BETWEEN_CLEAN_UPS = Duration.ofSeconds(3);

  private final World world;
  private final Extent extent;
  private final Combination combination;
  private final List<TestApp> apps;
  private final List<String> problems = new ArrayList<>();
  private int lost;
  private int duplicated;
  private int stuck;
  private long cleanedNanos = System.nanoTime() - BETWEEN_CLEAN_UPS.toNanos();

  Verdict(World world, Extent extent, Combination combination, List<TestApp> apps) {
    this.world = world;
    this.extent = extent;
    this.combination = combination;
    this.apps = apps;
  }

  void problem(String what) {
    problems.add(what);
  }

  void judge() throws Exception {
    Wait.until(extent.patience(), () -> apps.stream().allMatch(this::hasEnded));
    for (TestApp app : apps) {
      judge(app);
    }
    if (lost + stuck > 0) {
      return;
    }
    TestApp further = world.redeployment(false);
    world.panel.queue(further.request());
    if (!Wait.until(extent.patience(), () -> isDeployed(further))) {
      problem("a further build is not deployed: " + world.panel.statusesOf(further.deploymentId()));
      return;
    }
    world.serving.put(further.appId(), further);
    Set<String> markers =
        Stream.concat(apps.stream(), Stream.of(further))
            .map(TestApp::marker)
            .collect(Collectors.toSet());
    Leftovers left = new Leftovers(world, markers);
    settles("slots in use", () -> slots() == 0 ? List.of() : List.of(slots() + " slots"));
    settles("files", left::files);
    settles("containers", left::containers);
    settles("processes", left::processes);
    settles("apps", this::silent);
    settles(
        "images",
        () -> {
          cleanUp();
          return left.images();
        });
    if (!world.worker.isReady()) {
      problem("the worker is not ready");
    }
  }

  private void judge(TestApp app) {
    DeploymentView deployment = world.panel.deployment(app.deploymentId());
    if (!hasEnded(app)) {
      if (isRunning(app) || deployment.status().equals("pending")) {
        stuck++;
      } else {
        lost++;
      }
      problem("build " + app.deploymentId() + " has not ended: " + deployment.statuses());
      return;
    }
    if (!Ends.isInOrder(deployment)) {
      duplicated++;
      problem("build " + app.deploymentId() + " went " + deployment.statuses());
    }
    if (isDeployed(app)) {
      world.serving.put(app.appId(), app);
    } else if (!combination.fault().mayFailBuilds()) {
      problem("build " + app.deploymentId() + " failed: " + deployment.errorMessage().orElse(""));
    }
  }

  private boolean hasEnded(TestApp app) {
    return Ends.hasEnded(world.panel, app.deploymentId());
  }

  private boolean isDeployed(TestApp app) {
    return Ends.isDeployed(world.panel, app.deploymentId());
  }

  private boolean isRunning(TestApp app) {
    try {
      return world.worker.status().path("builds").toString().contains(app.deploymentId());
    } catch (IOException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void settles(String what, Callable<List<String>> wrong) throws Exception {
    if (!Wait.until(SETTLES_WITHIN, () -> wrong.call().isEmpty())) {
      problem(what + ": " + wrong.call());
    }
  }

  private int slots() throws IOException, InterruptedException {
    JsonNode builds = world.worker.status().path("builds");
    return builds.path("slots").path("used").asInt(-1);
  }

  /** Apps that don't answer with the version that they should. */
  private List<String> silent() {
    return world.serving.values().stream()
        .filter(app -> !answers(app))
        .map(app -> app.deploymentId() + " does not answer")
        .toList();
  }

  private boolean answers(TestApp app) {
    String url = world.panel.deployment(app.deploymentId()).result().path("url").asText();
    try {
      return ChaosWorker.get(url + "/").body().contains(app.marker());
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void cleanUp() throws Exception {
    if (System.nanoTime() - cleanedNanos >= BETWEEN_CLEAN_UPS.toNanos()) {
      cleanedNanos = System.nanoTime();
      world.worker.cleanUp();
    }
  }

  Result result(double seconds) {
    List<String> ends =
        apps.stream().map(app -> world.panel.deployment(app.deploymentId()).status()).toList();
    return new Result(
        combination, apps.size(), lost, duplicated, stuck, List.copyOf(problems), ends, seconds);
  }
}
