package io.skypanel.worker;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.plan.PlanBuild;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Prints by what a folder would be built, and why, without building it. Immutable. */
final class Explain {
  private final PlanBuild plan;

  Explain(PlanBuild plan) {
    this.plan = plan;
  }

  /**
   * What is known of the app besides its folder.
   *
   * @param root its folder below the repository
   * @param versions wanted versions by runtime
   * @param buildCommand as the app's settings give it
   * @param startCommand as the app's settings give it
   * @param variables names of its variables
   */
  record App(
      Optional<String> root,
      Map<String, String> versions,
      Optional<String> buildCommand,
      Optional<String> startCommand,
      Set<String> variables) {

    private BuildJob job(Path folder) {
      Map<String, String> metadata = new LinkedHashMap<>();
      root.ifPresent(path -> metadata.put("rootDirectory", path));
      versions.forEach((runtime, version) -> metadata.put(runtime + "Version", version));
      Map<String, String> environment = new LinkedHashMap<>();
      variables.forEach(name -> environment.put(name, "its value"));
      return new BuildJob(
          "explain",
          "explain",
          "explain",
          Optional.empty(),
          Optional.empty(),
          new GitSource(folder.toUri().toString(), "main", Optional.empty()),
          Optional.empty(),
          buildCommand,
          startCommand,
          environment,
          metadata);
    }
  }

  /**
   * Prints what the build log would say, and a generated Dockerfile's {@code .dockerignore}.
   *
   * @return the exit code: 1 if nothing can be built
   */
  int print(Path folder, App app, PrintStream out, PrintStream err) {
    Path directory = folder.toAbsolutePath().normalize();
    Checkout checkout = new Checkout(directory, new Checkout.Commit("", "", ""));
    Build build = new Build(app.job(directory), directory, printing(out), new StopSignal());
    try {
      BuildPlan planned = plan.plan(checkout, build);
      out.print(planned.dockerfile().map(Explain::last).orElse("Built by buildpacks\n"));
      return 0;
    } catch (BuildFailure e) {
      err.println(e.getMessage());
      return 1;
    }
  }

  private static String last(Dockerfile dockerfile) {
    return dockerfile.isGenerated()
        ? "\n# .dockerignore\n" + dockerfile.ignore().orElseThrow()
        : "Built by the repository's own " + dockerfile.path() + "\n";
  }

  private static Progress printing(PrintStream out) {
    return new Progress() {
      @Override
      public void entered(Phase phase) {
        // there is but one
      }

      @Override
      public void line(Level level, String text) {
        out.println(text);
      }

      @Override
      public void output(String chunk) {
        out.print(chunk);
      }
    };
  }
}
