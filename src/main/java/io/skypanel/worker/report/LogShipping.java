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
import org.apache.camel.Variable;

/**
 * Ships the lines of running builds: many lines to one {@code /logs} call, at most one call a build
 * in each interval, since the panel counts every call. Thread-safe.
 */
public final class LogShipping {
  /** One {@code /logs} call carries this much while the budget lasts. */
  private static final int ENTRY_BYTES = 64 << 10;

  private static final int MAX_ENTRY_BYTES = 1 << 20;

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

  /**
   * Lines that are on their way.
   *
   * @param report the build's
   * @param piece the lines
   */
  public record Shipment(BuildReport report, LogSpool.Piece piece) {}

  /** The shipments that are due now. */
  public List<Shipment> due() {
    List<Shipment> due = new ArrayList<>();
    if (System.nanoTime() - pausedUntilNanos < 0) {
      return due;
    }
    List<BuildReport> running = reports.running();
    Duration pace = budget.logInterval(interval, running.size());
    for (BuildReport report : running) {
      if (budget.allows(PanelRequest.Kind.LOGS) && report.beginShipping(pace)) {
        report
            .spool()
            .next(entryBytes(pace))
            .ifPresent(piece -> due.add(new Shipment(report, piece)));
      }
    }
    return due;
  }

  /** When entries come less often they grow, so that the same lines get through. */
  private int entryBytes(Duration pace) {
    double stretch = Math.max(1, (double) pace.toMillis() / interval.toMillis());
    return (int) Math.min(MAX_ENTRY_BYTES, ENTRY_BYTES * stretch);
  }

  /** The call for a shipment. */
  public PanelRequest request(@Variable("shipment") Shipment shipment) {
    BuildReport report = shipment.report();
    LogLines lines = shipment.piece().lines();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("stage", lines.stage());
    metadata.put("firstLine", shipment.piece().firstLine());
    metadata.put("lastLine", shipment.piece().lastLine());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("nodeId", credentials.nodeId());
    body.put("level", lines.level().name().toLowerCase(Locale.ROOT));
    // the panel refuses an empty message
    body.put("message", lines.text().isBlank() ? "(empty line)" : lines.text());
    body.put("timestamp", Instant.now().toString());
    body.put("metadata", metadata);
    return PanelRequest.post(
        PanelRequest.Kind.LOGS, "/builds/" + report.job().deploymentId() + "/logs", body);
  }

  /** Takes the panel's answer: lines that did not get through go again, unless they never will. */
  public void settle(@Variable("shipment") Shipment shipment, @Body PanelAnswer answer) {
    boolean refused = answer.status() == 400 || answer.status() == 404;
    if (answer.succeeded() || refused) {
      shipment.report().spool().shipped(shipment.piece());
    } else {
      Duration wait = answer.retryAfter().orElse(interval);
      pausedUntilNanos = System.nanoTime() + wait.toNanos();
    }
  }
}
