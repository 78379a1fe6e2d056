package io.skypanel.worker.intake;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Outcome;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.panel.PanelAnswer;
import io.skypanel.worker.panel.PanelRequest;
import io.skypanel.worker.panel.RequestBudget;
import io.skypanel.worker.settings.Shard;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Decides which builds this worker takes: never more than it has free slots, never one that is in
 * flight, never two of one app at a time, and none while it is held. Thread-safe.
 */
public final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private final int slots;
  private final Shard shard;
  private final RequestBudget budget;
  private final Resources resources;
  private final NodeCredentials credentials;
  private final Supplier<Set<String>> reportsWaiting;
  private final Runnable pollSoon;

  private final Map<String, BuildJob> inFlight = new LinkedHashMap<>();
  private final Set<String> accepted = new HashSet<>();
  private final Set<String> ended = new LinkedHashSet<>();
  private final Set<String> holds = new LinkedHashSet<>();
  private long lastPollNanos;
  private boolean polledBefore;
  private boolean accepting = true;
  private boolean moreWaiting;
  private PollWindow window;
  private String refusal = "";

  /**
   * @param reportsWaiting the deployments of which statuses are still to be delivered, so that the
   *     panel may list them though they have ended
   * @param pollSoon asks for a poll at once; must return at once
   */
  public Intake(
      int slots,
      Shard shard,
      RequestBudget budget,
      Resources resources,
      NodeCredentials credentials,
      Supplier<Set<String>> reportsWaiting,
      Runnable pollSoon) {
    this.slots = slots;
    this.shard = shard;
    this.budget = budget;
    this.resources = resources;
    this.credentials = credentials;
    this.reportsWaiting = reportsWaiting;
    this.pollSoon = pollSoon;
    this.window = new PollWindow(shard);
  }

  /** Whether it is time for the next regular poll, by the monotonic clock and the budget. */
  public synchronized boolean isPollDue() {
    long sinceLast = System.nanoTime() - lastPollNanos;
    return !polledBefore || sinceLast >= budget.pollInterval().toNanos();
  }

  /** Whether a poll could lead to anything: a slot is free and nothing holds the intake. */
  public boolean hasRoom() {
    synchronized (this) {
      if (!holds.isEmpty() || inFlight.size() >= slots || !budget.allows(PanelRequest.Kind.POLL)) {
        return false;
      }
    }
    // a disk that hangs must not keep running builds from giving their slots back
    return resources.shortage().isEmpty();
  }

  /** Begins a poll, which reads what of the queue could be this worker's now. */
  public synchronized PanelRequest pollOwn() {
    window = window.next();
    return poll(window);
  }

  /** Begins a poll that reads all of the queue. */
  public PanelRequest poll() {
    return poll(app -> true);
  }

  private synchronized PanelRequest poll(Predicate<String> ofApps) {
    lastPollNanos = System.nanoTime();
    polledBefore = true;
    accepting = true;
    moreWaiting = false;
    // the answer may list those whose status the panel gets while it answers; of all others that
    // ended before, what the panel lists now, it means
    ended.clear();
    ended.addAll(reportsWaiting.get());
    return PanelRequest.queue(ofApps);
  }

  /** Whether the entry can't be built at all. */
  public boolean isMalformed(@Body QueuedBuild build) {
    return build instanceof QueuedBuild.Malformed;
  }

  /**
   * Whether the malformed entry is this worker's to report, and no other shard's; one that was
   * edited after it was taken is not, nor one that has ended.
   */
  public synchronized boolean isOurs(@Body QueuedBuild.Malformed build) {
    return shard.takes(build.appId().or(build::deploymentId).orElse(""))
        && build
            .deploymentId()
            .filter(id -> inFlight.containsKey(id) || ended.contains(id))
            .isEmpty();
  }

  /** Whether the build is this worker's to take, now or once there is room. */
  synchronized boolean isWaiting(BuildJob job) {
    return shard.takes(job.appId())
        && !inFlight.containsKey(job.deploymentId())
        && !ended.contains(job.deploymentId())
        && !reportsWaiting.get().contains(job.deploymentId());
  }

  /**
   * Takes a slot for the build, if it is to be built here and now. Whoever gets {@code true} must
   * {@link #release} it in the end.
   */
  public synchronized boolean reserve(@Body QueuedBuild queued) {
    if (!(queued instanceof BuildJob job) || !isWaiting(job)) {
      return false;
    }
    if (!holds.isEmpty() || inFlight.size() >= slots || isAppInFlight(job.appId())) {
      moreWaiting = true;
      return false;
    }
    inFlight.put(job.deploymentId(), job);
    window.noteTaken();
    return true;
  }

  /** Gives the slot of a build back that could not be put on the build queue; it stays queued. */
  public synchronized void giveBack(@Body BuildJob job, @ExchangeException Exception error) {
    log.error("{} can't be put on the build queue ({}); it stays queued", job, error.getMessage());
    inFlight.remove(job.deploymentId());
  }

  /**
   * Takes a slot for a build that an earlier run of the worker had accepted, whether one is free or
   * not: it is this worker's already.
   */
  public synchronized void readmit(BuildJob job) {
    inFlight.put(job.deploymentId(), job);
    accepted.add(job.deploymentId());
  }

  /**
   * Takes a slot for an operator's rollback, whether one is free or not.
   *
   * @return false if a build of the app is in flight, or nothing is taken at present
   */
  public synchronized boolean admit(BuildJob job) {
    if (!holds.isEmpty() || isAppInFlight(job.appId())) {
      return false;
    }
    readmit(job);
    return true;
  }

  /**
   * Gives the build's slot back, and polls at once if more builds were seen waiting. A build that
   * the panel did not let this worker accept is no reason to ask for it again at once.
   */
  public void release(@Variable("job") BuildJob job) {
    MDC.remove(Build.LOG_KEY);
    boolean poll;
    synchronized (this) {
      inFlight.remove(job.deploymentId());
      ended.add(job.deploymentId());
      boolean wasAccepted = accepted.remove(job.deploymentId());
      poll = wasAccepted && moreWaiting && accepting && holds.isEmpty();
    }
    if (poll) {
      pollSoon.run();
    }
  }

  /** Whether this poll's builds may still be accepted: no 403 has come yet, and no hold. */
  public synchronized boolean mayAccept() {
    return accepting && holds.isEmpty();
  }

  /**
   * Ends this poll's accepting: the panel accepts nothing from a node that is not {@code online}.
   * The builds stay in its queue.
   *
   * @return asks what the node is, so that the operator can be told
   */
  public synchronized PanelRequest endAccepting() {
    accepting = false;
    return PanelRequest.node(PanelRequest.Kind.ACCEPT, credentials.nodeId());
  }

  /** Says once why the panel lets this node accept nothing. */
  public synchronized void explainRefusal(@Body PanelAnswer node) {
    String status = node.body().path("data").path("worker").path("status").asText("");
    String why =
        status.isEmpty()
            ? "the panel refuses this node (" + node.describe() + ")"
            : "the panel has this node as '"
                + Shown.of(status)
                + "', and only 'online' ones may accept";
    if (!why.equals(refusal)) {
      log.warn("No build is taken: {}; the builds stay queued", why);
    }
    refusal = why;
  }

  /** An accept went through. */
  public synchronized void noteAccepted(@Variable("job") BuildJob job) {
    accepted.add(job.deploymentId());
    refusal = "";
  }

  /** A build ended that never had a slot. The panel may list it until it has the status. */
  public synchronized void noteEnded(@Body Outcome outcome) {
    ended.add(outcome.job().deploymentId());
  }

  /** Takes nothing new until {@link #lift} is called with the same reason. */
  public synchronized void hold(String reason) {
    holds.add(reason);
  }

  /** Ends a hold, and polls at once when it was the last. */
  public void lift(String reason) {
    boolean poll;
    synchronized (this) {
      poll = holds.remove(reason) && holds.isEmpty();
    }
    if (poll) {
      pollSoon.run();
    }
  }

  /** How many slots there are. */
  public int slots() {
    return slots;
  }

  /** How many builds are in flight. */
  public synchronized int inFlight() {
    return inFlight.size();
  }

  /** Why nothing is taken at present: holds and the panel's refusal; empty if builds are taken. */
  public Set<String> obstacles() {
    Optional<String> shortage = resources.shortage();
    synchronized (this) {
      Set<String> all = new LinkedHashSet<>(holds);
      shortage.ifPresent(all::add);
      if (!refusal.isEmpty()) {
        all.add(refusal);
      }
      return all;
    }
  }

  /** Whether a build of this app is in flight. */
  public synchronized boolean isAppInFlight(String appId) {
    return inFlight.values().stream().anyMatch(job -> job.appId().equals(appId));
  }

  /** The deployment ids of the builds in flight. */
  public synchronized Set<String> deploymentsInFlight() {
    return Set.copyOf(inFlight.keySet());
  }
}
