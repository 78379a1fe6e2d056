package io.skypanel.worker.image;

import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Phase;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** The stage {@code image}: finds the Dockerfile and has the builder build by it. Thread-safe. */
public final class BuildImage {
  private final ImageBuilder builder;
  private final EngineRetry retry;

  /**
   * @param builder does the work
   * @param retry does it again when the engine was restarted meanwhile
   */
  public BuildImage(ImageBuilder builder, EngineRetry retry) {
    this.builder = builder;
    this.retry = retry;
  }

  /**
   * Makes the job's image; blocks until it is in the engine.
   *
   * @throws BuildFailure as {@link ImageBuilder} says, and a user's fault for a Dockerfile that is
   *     not there
   */
  public BuiltImage build(@Body Checkout checkout, @Variable("build") Build build)
      throws BuildFailure {
    build.progress().entered(Phase.IMAGE);
    build.stop().check();
    Dockerfile dockerfile = Dockerfile.find(checkout.directory(), build.job().dockerfilePath());
    return retry.run(build, () -> builder.build(checkout, dockerfile, build));
  }
}
