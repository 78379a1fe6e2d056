package io.skypanel.worker.sandbox;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a demo prints of the panel's side. For one thread. */
final class DemoView {
  private final SandboxPanel panel;
  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final Map<String, Integer> shown = new HashMap<>();

  DemoView(SandboxPanel panel, PrintStream out) {
    this.panel = panel;
    this.out = out;
  }

  /** Prints the statuses that came since the last time. */
  void showProgress() {
    for (DeploymentView deployment : panel.deployments()) {
      List<String> statuses = deployment.statuses();
      int from = shown.getOrDefault(deployment.id(), 0);
      for (String status : statuses.subList(from, statuses.size())) {
        Duration since = Duration.ofNanos(System.nanoTime() - startNanos);
        out.printf("  %5.1f s  %-14s %s%n", since.toMillis() / 1000.0, appName(deployment), status);
      }
      shown.put(deployment.id(), statuses.size());
    }
  }

  /** Prints what the panel knows of each deployment. */
  void showAll() {
    for (DeploymentView deployment : panel.deployments()) {
      out.printf("%n%s  %s%n", appName(deployment), deployment.status());
      out.println("  status " + String.join(" -> ", deployment.statuses()));
      deployment.errorMessage().ifPresent(e -> out.println("  error  " + e));
      url(deployment).ifPresent(u -> out.println("  url    " + u));
      showLog(deployment);
    }
    out.println();
  }

  private void showLog(DeploymentView deployment) {
    String sent = deployment.statusLogs().orElse("").stripTrailing();
    String lastLine = sent.substring(sent.lastIndexOf('\n') + 1);
    // the rows are sent apart from the statuses, and the last of them may come later
    boolean complete = deployment.workerLog().contains(lastLine);
    for (LogRow row : deployment.buildLog()) {
      if (complete || row.byPanel()) {
        String mark = row.isFalse() ? "  <- false: the panel's own line, nothing failed" : "";
        row.message().lines().forEach(line -> showLine(row.level(), line + mark));
      }
    }
    if (!complete) {
      sent.lines().forEach(line -> showLine("", line));
    }
  }

  private void showLine(String level, String line) {
    out.printf("  log    %-5s %s%n", level, line.stripTrailing());
  }

  /** Prints a curl command for each deployed app. */
  void showUrls() {
    for (DeploymentView deployment : panel.deployments()) {
      url(deployment).ifPresent(u -> out.printf("  curl %s   # %s%n", u, appName(deployment)));
    }
  }

  static Optional<String> url(DeploymentView deployment) {
    return Json.text(deployment.result(), "url");
  }

  private String appName(DeploymentView deployment) {
    return panel.app(deployment.appId()).name();
  }
}
