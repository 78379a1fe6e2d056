package io.skypanel.worker.report;

import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.PanelAnswer;
import io.skypanel.worker.panel.PanelRequest;
import io.skypanel.worker.panel.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Body;

/**
 * Ships the lines of running builds: many lines to one {@code /logs} call, at most one call a build
 * in each interval, since the panel counts every call (panel-protocol.md, 5). What does not get
 * through is not sent again: the final status carries the log. Thread-safe.
 */
public final class LogShipping {
  private final Reports reports;
  private final NodeCredentials credentials;
  private final Duration interval;
  private final RequestBudget budget;
  private volatile long pausedUntilNanos = System.nanoTime();

  /**
   * @param interval between two entries of one build while the budget lasts
   */
  public LogShipping(
      Reports reports, NodeCredentials credentials, Duration interval, RequestBudget budget) {
    this.reports = reports;
    this.credentials = credentials;
    this.interval = interval;
    this.budget = budget;
  }

  /** The calls that are due now. */
  public List<PanelRequest> due() {
    List<PanelRequest> calls = new ArrayList<>();
    if (System.nanoTime() - pausedUntilNanos < 0) {
      return calls;
    }
    List<BuildReport> running = reports.running();
    Duration pace = budget.logInterval(interval, running.size());
    for (BuildReport report : running) {
      if (budget.allows(PanelRequest.Kind.LOGS) && report.beginShipping(pace)) {
        report.log().takeEntry().ifPresent(entry -> calls.add(call(report, entry)));
      }
    }
    return calls;
  }

  private PanelRequest call(BuildReport report, BuildLog.Entry entry) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("stage", entry.stage());
    metadata.put("firstLine", entry.firstLine());
    metadata.put("lastLine", entry.lastLine());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("nodeId", credentials.nodeId());
    body.put("level", entry.level().name().toLowerCase(Locale.ROOT));
    body.put("message", entry.text());
    body.put("timestamp", Instant.now().toString());
    body.put("metadata", metadata);
    return PanelRequest.post(
        PanelRequest.Kind.LOGS, "/builds/" + report.job().deploymentId() + "/logs", body);
  }

  /** Takes the panel's answer: while it is overloaded, logs wait. */
  public void settle(@Body PanelAnswer answer) {
    if (!answer.succeeded()) {
      Duration wait = answer.retryAfter().orElse(interval);
      pausedUntilNanos = System.nanoTime() + wait.toNanos();
    }
  }
}
