package io.skypanel.worker.deploy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.StopSignal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where apps run: an engine, a cluster.
 *
 * <p><b>Lifecycle.</b> For each deployment {@link #describe}, {@link #rollBack} (what an earlier
 * delivery of it left), {@link #create}, {@link #start}, {@link #probe}, {@link #promote}, in this
 * order. After any failure up to and including {@code promote} comes {@link #rollBack}; until
 * {@code promote} has returned, whatever served the app before serves it untouched, unless {@link
 * #stop} was called for it. What is {@link #others older} is {@link #retire}d once nobody uses it
 * any more.
 *
 * <p><b>Threads.</b> All methods block, and are called from several threads at once, but never for
 * one app at the same time.
 *
 * <p><b>Idempotence.</b> {@code rollBack}, {@code promote}, {@code retire}, {@code stop} and {@code
 * resume} may be repeated, also by a worker that was started anew in between; what is done already
 * is no error.
 *
 * <p><b>Errors.</b> {@link BuildFailure.UserFault} if the app is at fault, {@link
 * BuildFailure.WorkerFault} if the target is. Nothing else is thrown but what is declared.
 */
public interface DeployTarget {
  /** What the image says about how to run it. */
  ImageFacts describe(BuiltImage image) throws BuildFailure;

  /** Host ports that anything on the target, running or stopped, ours or not, is published on. */
  Set<Integer> takenPorts() throws BuildFailure;

  /** Makes the app's container without starting it; after a failure {@link #rollBack} clears up. */
  Candidate create(ContainerSpec spec) throws BuildFailure;

  /**
   * Starts it beside whatever serves now. If it throws, {@link #rollBack} clears up.
   *
   * @throws PortTaken if the host port is in use; the candidate is gone then
   */
  void start(Candidate candidate) throws BuildFailure, PortTaken;

  /**
   * Waits until the app is up, as its {@link Readiness} defines it. What the app prints until then
   * goes to {@code progress}, its last 100 lines in any case.
   *
   * @param stop ends the wait within a second
   * @throws BuildFailure a {@link BuildFailure.UserFault} if it exited, became unhealthy or was
   *     killed for memory; the stop's reason
   */
  Verdict probe(Candidate candidate, Progress progress, StopSignal stop) throws BuildFailure;

  /**
   * From here on the app is kept running, over crashes and reboots, unless somebody stops it.
   *
   * @throws BuildFailure if it no longer runs
   */
  void promote(Candidate candidate) throws BuildFailure;

  /**
   * All versions of the app but one, running or not, those that the Node.js agent left under the
   * same name pattern too. Never another app's.
   *
   * @param but the target's id of the one that is left out
   */
  List<Version> others(String appId, String but) throws BuildFailure;

  /** Stops it (10 s grace) and removes it with its anonymous volumes; if it is gone, no error. */
  void retire(String id) throws BuildFailure;

  /** Stops it (10 s grace), to be resumed or retired later. */
  void stop(String id) throws BuildFailure;

  /** Starts again what was stopped; what runs is left alone. */
  void resume(String id) throws BuildFailure;

  /**
   * This very deployment, if it runs: a worker that was started anew takes it up instead of
   * starting it again.
   */
  Optional<Version> find(BuildJob job) throws BuildFailure;

  /**
   * A version of an app that was started some time ago.
   *
   * @param id the target's id of it
   * @param hostPort the port it is published on, if it is
   * @param runs whether it runs
   */
  record Version(String id, OptionalInt hostPort, boolean runs) {}

  /**
   * Removes what {@link #create} made for this very deployment, with its anonymous volumes;
   * whatever served before is left as it is. If there is nothing, nothing happens.
   */
  void rollBack(BuildJob job) throws BuildFailure;

  /** What {@link #probe} found of an app that runs. */
  enum Verdict {
    /** It is ready for requests. */
    UP,
    /** It runs, but nothing listens on its port: a bot, a queue consumer, or a wrong port. */
    LISTENS_NOWHERE,
    /** It runs, but the worker can't reach its network, so it knows nothing of its port. */
    OUT_OF_REACH
  }
}
