package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;

/**
 * Makes images out of checkouts.
 *
 * <p><b>Lifecycle:</b> one instance serves the worker for as long as it runs; it needs no closing
 * and keeps nothing of a build once {@link #build} has returned or thrown.
 *
 * <p><b>Threads:</b> {@code build} blocks its caller and is called for several builds at once.
 *
 * <p><b>Idempotence:</b> building the same checkout for the same job again gives an image under the
 * same name, which then means the newer one. Nothing that bears the name of another job is touched.
 *
 * <p><b>Errors:</b> what the repository did wrong is a {@link BuildFailure.UserFault}, with the
 * failed instruction and its exit code where there is one; a lost engine, a full disk or a registry
 * that can't be reached is a {@link BuildFailure.WorkerFault}. No message and no line of the
 * builder's own holds a value of the job's environment.
 *
 * <p><b>Stop:</b> when {@code build.stop()} says stop, the reason is thrown within a few seconds,
 * and by then the engine works on it no longer: no process of it runs and no container of it is
 * left.
 */
public interface ImageBuilder {
  /**
   * Builds, tags and labels the image; its output goes to {@code build.progress()} while it runs.
   *
   * @param plan the sources, which are read and never changed, and what to build by
   * @param build the job and where to say what happens
   * @return the image as it is in the engine now
   */
  BuiltImage build(BuildPlan plan, Build build) throws BuildFailure;
}
