package io.skypanel.worker.plan;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.RunPlan;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** The step {@code plan}: finds what the image is built by. Thread-safe. */
public final class PlanBuild {
  /**
   * Plans the build.
   *
   * @throws BuildFailure.UserFault if there is nothing to build by
   */
  public BuildPlan plan(@Body Checkout checkout, @Variable("build") Build build)
      throws BuildFailure {
    build.progress().entered(Phase.IMAGE);
    build.stop().check();
    Dockerfile dockerfile =
        RepositoryDockerfile.find(checkout.directory(), build.job().dockerfilePath());
    return new BuildPlan(
        checkout, Optional.of(dockerfile), Optional.empty(), Map.of(), RunPlan.DEFAULT);
  }
}
