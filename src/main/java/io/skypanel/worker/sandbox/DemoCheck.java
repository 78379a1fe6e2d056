package io.skypanel.worker.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether what came of the samples is what should have. For one thread. */
final class DemoCheck {
  private static final List<String> ENDS =
      List.of("deployed", "building_failed", "deployment_failed");
  private static final String WHY_BROKEN = "this sample fails on purpose";

  private final SandboxPanel panel;
  private final Map<String, SampleApp> expected = new LinkedHashMap<>();

  DemoCheck(SandboxPanel panel) {
    this.panel = panel;
  }

  void expect(String deploymentId, SampleApp sample) {
    expected.put(deploymentId, sample);
  }

  boolean allEnded() {
    return expected.keySet().stream().allMatch(id -> ENDS.contains(panel.deployment(id).status()));
  }

  boolean allLogsArrived() {
    return expected.keySet().stream()
        .map(panel::deployment)
        .allMatch(d -> d.status().equals("deployed") ? !log(d).isEmpty() : explained(d));
  }

  /** What is not as it should be, a sentence each; fetches the pages of deployed apps. */
  List<String> problems() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, SampleApp> entry : expected.entrySet()) {
      DeploymentView deployment = panel.deployment(entry.getKey());
      SampleApp sample = entry.getValue();
      boolean good = sample.expectedInPage().isPresent();
      String end = good ? "deployed" : "building_failed";
      String app = panel.app(deployment.appId()).status();
      if (!deployment.status().equals(end)) {
        problems.add(sample.appName() + " is " + deployment.status() + " instead of " + end);
      } else if (!app.equals(end)) {
        problems.add("the panel shows the app " + sample.appName() + " as " + app);
      } else if (good) {
        page(deployment, sample).ifPresent(problems::add);
      } else if (deployment.errorMessage().isEmpty()) {
        problems.add(sample.appName() + " failed without an errorMessage");
      } else if (!explained(deployment)) {
        problems.add(sample.appName() + "'s log lacks what its build printed: " + WHY_BROKEN);
      }
    }
    return problems;
  }

  private static boolean explained(DeploymentView deployment) {
    return log(deployment).contains(WHY_BROKEN);
  }

  private static String log(DeploymentView deployment) {
    return deployment.workerLog() + deployment.statusLogs().orElse("");
  }

  private static Optional<String> page(DeploymentView deployment, SampleApp sample)
      throws InterruptedException {
    Optional<String> url = DemoView.url(deployment);
    if (url.isEmpty()) {
      return Optional.of(sample.appName() + " is deployed, but its result has no url");
    }
    try {
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(url.get()))
                      .timeout(Duration.ofSeconds(10))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      String wanted = sample.expectedInPage().orElseThrow();
      return page.statusCode() == 200 && page.body().contains(wanted)
          ? Optional.empty()
          : Optional.of(url.get() + " answered " + page.statusCode() + " without " + wanted);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.of(sample.appName() + " can't be fetched at " + url.get() + ": " + e);
    }
  }
}
