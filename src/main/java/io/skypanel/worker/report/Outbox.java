package io.skypanel.worker.report;

import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.PanelAnswer;
import io.skypanel.worker.panel.PanelRequest;
import io.skypanel.worker.panel.Registration;
import io.skypanel.worker.panel.RequestBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers statuses: on disk before they are sent, in order for each app, removed only when the
 * panel has answered for good. Delivery is at least once. Thread-safe.
 */
public final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(60);

  /** A 404 may be a passing fault of the panel's database as well as a deleted deployment. */
  private static final Duration GIVE_UP_ON_404 = Duration.ofMinutes(15);

  private final OutboxFiles files;
  private final NodeCredentials credentials;
  private final Registration registration;
  private final RequestBudget budget;
  private final Consumer<String> deploymentGone;
  private final Runnable deliverSoon;
  private final Map<String, Deque<Letter>> byApp = new LinkedHashMap<>();
  private Duration pause = Duration.ZERO;
  private long pausedUntilNanos = System.nanoTime();
  private boolean away;
  private volatile boolean nodeInDoubt;

  /**
   * Takes up what an earlier run left on disk.
   *
   * @param deploymentGone takes the id of a deployment that the panel has said for long enough that
   *     it does not know
   * @param deliverSoon asks for {@code deliver-reports} to run; must return at once
   */
  public Outbox(
      OutboxFiles files,
      NodeCredentials credentials,
      Registration registration,
      RequestBudget budget,
      Consumer<String> deploymentGone,
      Runnable deliverSoon) {
    this.files = files;
    this.credentials = credentials;
    this.registration = registration;
    this.budget = budget;
    this.deploymentGone = deploymentGone;
    this.deliverSoon = deliverSoon;
    files.load().forEach(stored -> enqueue(new Letter(stored, () -> {})));
  }

  /** Keeps a report and has it delivered. Never throws: a full disk costs durability, not order. */
  public void add(Report report) {
    add(report, () -> {});
  }

  /**
   * The same.
   *
   * @param whenSafe runs, once or again, when the report can't be lost any more: at once if the
   *     disk takes it, else when it does or when the panel has answered
   */
  public void add(Report report, Runnable whenSafe) {
    Letter letter = new Letter(files.store(report), whenSafe);
    enqueue(letter);
    if (letter.stored.onDisk()) {
      whenSafe.run();
    }
    deliverSoon.run();
  }

  private synchronized void enqueue(Letter letter) {
    byApp.computeIfAbsent(letter.report().appId(), a -> new ArrayDeque<>()).addLast(letter);
  }

  /** Whether a report may be sent now. Before, what a full disk did not take is written again. */
  public synchronized boolean hasDue() {
    letters().filter(letter -> !letter.stored.onDisk()).forEach(this::storeAgain);
    return next().isPresent();
  }

  private void storeAgain(Letter letter) {
    letter.stored = files.storeAgain(letter.stored);
    if (letter.stored.onDisk()) {
      letter.whenSafe.run();
    }
  }

  /** How many reports wait. */
  public synchronized int size() {
    return byApp.values().stream().mapToInt(Deque::size).sum();
  }

  /** The deployments of which reports wait. */
  public synchronized Set<String> deployments() {
    return letters().map(letter -> letter.report().deploymentId()).collect(Collectors.toSet());
  }

  /** Whether reports of this deployment wait. */
  public synchronized boolean holds(String deploymentId) {
    return letters().anyMatch(letter -> letter.report().deploymentId().equals(deploymentId));
  }

  /** Whether this status of the deployment waits. */
  public synchronized boolean holds(String deploymentId, String status) {
    return letters()
        .anyMatch(
            letter ->
                letter.report().deploymentId().equals(deploymentId)
                    && letter.report().status().equals(status));
  }

  /** Takes back whatever waits for the deployment. */
  public synchronized void withdraw(String deploymentId) {
    letters()
        .filter(letter -> letter.report().deploymentId().equals(deploymentId))
        .toList()
        .forEach(this::remove);
  }

  private Stream<Letter> letters() {
    return byApp.values().stream().flatMap(Deque::stream);
  }

  /** The report to send next; it stays in the outbox until it is settled. */
  public synchronized Letter take() {
    return next().orElseThrow(() -> new IllegalStateException("no report is due"));
  }

  private Optional<Letter> next() {
    long now = System.nanoTime();
    if (now - pausedUntilNanos < 0
        || registration.isNeeded()
        || !budget.allows(PanelRequest.Kind.STATUS)) {
      return Optional.empty();
    }
    return byApp.values().stream()
        .map(Deque::peekFirst)
        .filter(letter -> now - letter.notBeforeNanos >= 0)
        .findFirst();
  }

  /** The status call of a report. */
  public PanelRequest request(@Body Letter letter) {
    Report report = files.whole(letter.stored);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("nodeId", credentials.nodeId());
    body.put("status", report.status());
    if (!letter.withoutLogs) {
      report.logs().ifPresent(logs -> body.put("logs", logs));
    }
    report.errorMessage().ifPresent(message -> body.put("errorMessage", message));
    if (!report.result().isEmpty()) {
      body.put("result", report.result());
    }
    return PanelRequest.post(
        PanelRequest.Kind.STATUS, "/builds/" + report.deploymentId() + "/status", body);
  }

  /** Takes the panel's answer: done, again later, or never. */
  public synchronized void settle(@Variable("letter") Letter letter, @Body PanelAnswer answer) {
    nodeInDoubt = false;
    if (answer.succeeded()) {
      remove(letter);
      resume();
    } else if (answer.status() == 400) {
      reject(letter, answer);
    } else if (answer.status() == 404) {
      settleNotFound(letter, answer);
    } else if (answer.status() == 413) {
      settleTooLarge(letter, answer);
    } else {
      nodeInDoubt = answer.status() == 403;
      pause(letter, answer);
      if (answer.status() == 401) {
        registration.require("the panel does not take this node's token any more");
      }
    }
  }

  /** Whether the last answer was a 403, which an unknown node gets, but not it alone. */
  public boolean isNodeInDoubt() {
    return nodeInDoubt;
  }

  private void settleNotFound(Letter letter, PanelAnswer answer) {
    long now = System.nanoTime();
    long first = letter.first404Nanos.orElse(now);
    if (now - first >= GIVE_UP_ON_404.toNanos()) {
      reject(letter, answer);
      deploymentGone.accept(letter.report().deploymentId());
      return;
    }
    // the panel answers 404 for a log that its database can't store, so try without it once
    letter.withoutLogs = letter.first404Nanos.isEmpty();
    letter.first404Nanos = Optional.of(first);
    letter.notBeforeNanos = now + (letter.withoutLogs ? FIRST_RETRY : LAST_RETRY).toNanos();
  }

  /** A proxy before the panel may take less than the panel does, and less than a log's end. */
  private void settleTooLarge(Letter letter, PanelAnswer answer) {
    if (letter.withoutLogs) {
      reject(letter, answer);
    } else {
      log.warn("{} goes without its log: {}", letter.report(), answer.describe());
      letter.withoutLogs = true;
    }
  }

  private void reject(Letter letter, PanelAnswer answer) {
    log.error("The panel rejected {} for good: {}", letter.report(), answer.describe());
    files.reject(letter.stored, answer.describe());
    forget(letter);
  }

  private void remove(Letter letter) {
    files.remove(letter.stored);
    forget(letter);
  }

  private void forget(Letter letter) {
    // one that was withdrawn while it was sent is not there any more
    byApp.computeIfPresent(
        letter.report().appId(),
        (app, letters) -> letters.remove(letter) && letters.isEmpty() ? null : letters);
    letter.whenSafe.run();
  }

  /**
   * Everything waits, since the panel may be away; if it fails on this letter only, others go on.
   */
  private void pause(Letter letter, PanelAnswer answer) {
    pause = pause.isZero() ? FIRST_RETRY : pause.multipliedBy(2);
    pause = pause.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : pause;
    long jittered = (long) (pause.toNanos() * ThreadLocalRandom.current().nextDouble(0.5, 1.0));
    long wait = answer.retryAfter().map(Duration::toNanos).orElse(jittered);
    pausedUntilNanos = System.nanoTime() + wait;
    // its app goes to the end of the line
    Optional.ofNullable(byApp.remove(letter.report().appId()))
        .ifPresent(letters -> byApp.put(letter.report().appId(), letters));
    if (!away) {
      away = true;
      log.warn("The panel takes no statuses ({}); they wait in the outbox", answer.describe());
    }
  }

  private void resume() {
    pause = Duration.ZERO;
    if (away) {
      away = false;
      log.info("The panel takes statuses again; {} are waiting", size());
    }
  }
}
