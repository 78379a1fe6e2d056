package io.skypanel.worker.job;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Builds for tests of what stands around them: nothing runs, and nobody hears what they say. */
public final class SilentBuild {
  private SilentBuild() {}

  /** A build with an id of its own. */
  public static Build make() {
    BuildJob job =
        new BuildJob(
            UUID.randomUUID().toString(),
            "a",
            "app",
            Optional.empty(),
            Optional.empty(),
            new GitSource("https://git.example.com/a.git", "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    Progress silent =
        new Progress() {
          @Override
          public void entered(Phase phase) {}

          @Override
          public void line(Level level, String text) {}

          @Override
          public void output(String chunk) {}
        };
    return new Build(job, Path.of("/tmp/d"), silent, new StopSignal());
  }
}
