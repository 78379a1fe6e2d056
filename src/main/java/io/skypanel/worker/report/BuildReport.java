package io.skypanel.worker.report;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.redact.MaskedStream;
import io.skypanel.worker.redact.Redactor;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What one build has said so far: its log and the time of its phases. Every text is masked before
 * it goes anywhere. Thread-safe.
 */
public final class BuildReport implements Progress {
  private static final Logger log = LoggerFactory.getLogger("io.skypanel.worker.build");

  private final BuildJob job;
  private final Redactor redactor;
  private final MaskedStream masked;
  private final LogSpool spool;
  private final BuildLog buildLog;
  private final Journal journal;
  private final Map<Phase, Duration> durations = new EnumMap<>(Phase.class);
  private Phase phase = Phase.CLAIM;
  private long phaseStartedNanos = System.nanoTime();
  private long lastShippedNanos = System.nanoTime();
  private boolean concluded;

  BuildReport(BuildJob job, Redactor redactor, LogSpool spool, Journal journal) {
    this.job = job;
    this.redactor = redactor;
    this.spool = spool;
    this.masked = redactor.stream();
    this.buildLog = new BuildLog(spool, redactor::mask);
    this.journal = journal;
  }

  @Override
  public void entered(Phase next) {
    begin(next);
    journal.reached(job, next);
  }

  private synchronized void begin(Phase next) {
    long now = System.nanoTime();
    durations.merge(phase, Duration.ofNanos(now - phaseStartedNanos), Duration::plus);
    synchronized (masked) {
      buildLog.output(phase.label(), masked.end());
      buildLog.flush(phase.label());
    }
    phase = next;
    phaseStartedNanos = now;
  }

  @Override
  public void line(Level level, String text) {
    String shown = redactor.mask(text);
    String stage = phase().label();
    synchronized (masked) {
      buildLog.output(stage, masked.release());
      buildLog.line(level, stage, shown);
    }
    String logged = Shown.onOneLine(shown);
    // the caller may be the build's own thread, which has the key, or one of the engine's
    String before = MDC.get(Build.LOG_KEY);
    MDC.put(Build.LOG_KEY, job.deploymentId());
    switch (level) {
      case DEBUG -> log.debug("{}", logged);
      case INFO -> log.info("{}", logged);
      case WARN -> log.warn("{}", logged);
      case ERROR -> log.error("{}", logged);
    }
    if (before == null) {
      MDC.remove(Build.LOG_KEY);
    } else {
      MDC.put(Build.LOG_KEY, before);
    }
  }

  @Override
  public void output(String chunk) {
    String stage = phase().label();
    synchronized (masked) {
      buildLog.output(stage, masked.write(chunk));
    }
  }

  BuildJob job() {
    return job;
  }

  LogSpool spool() {
    return spool;
  }

  String mask(String text) {
    return redactor.mask(text);
  }

  /** Where the build is. */
  public synchronized Phase phase() {
    return phase;
  }

  synchronized Map<Phase, Duration> durations() {
    return new EnumMap<>(durations);
  }

  /** No {@code /logs} call may follow the final status, which carries the log itself. */
  synchronized void conclude() {
    concluded = true;
  }

  /** Whether {@code interval} has passed since the last {@code /logs} call; begins the next. */
  synchronized boolean beginShipping(Duration interval) {
    long now = System.nanoTime();
    if (concluded || now - lastShippedNanos < interval.toNanos()) {
      return false;
    }
    lastShippedNanos = now;
    return true;
  }
}
