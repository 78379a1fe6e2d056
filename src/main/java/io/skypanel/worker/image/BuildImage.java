package io.skypanel.worker.image;

import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** The stage {@code image}: has the builder build by the plan. Thread-safe. */
public final class BuildImage {
  private final ImageBuilder builder;
  private final ImageBuilder buildpacks;
  private final EngineRetry retry;

  /**
   * @param builder builds by a Dockerfile
   * @param buildpacks builds where the plan has none
   * @param retry does it again when the engine was restarted meanwhile
   */
  public BuildImage(ImageBuilder builder, ImageBuilder buildpacks, EngineRetry retry) {
    this.builder = builder;
    this.buildpacks = buildpacks;
    this.retry = retry;
  }

  /**
   * Makes the job's image; blocks until it is in the engine.
   *
   * @throws BuildFailure as {@link ImageBuilder} says
   */
  public BuiltImage build(@Body BuildPlan plan, @Variable("build") Build build)
      throws BuildFailure {
    build.stop().check();
    ImageBuilder chosen = plan.dockerfile().isPresent() ? builder : buildpacks;
    return retry.run(build, () -> chosen.build(plan, build));
  }
}
