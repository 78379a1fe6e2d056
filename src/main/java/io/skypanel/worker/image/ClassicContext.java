package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.settings.BuildLimits;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What goes to the classic builder: the checkout, and a Dockerfile that is not in it if the plan
 * has one.
 *
 * @param archive the context
 * @param dockerfile where the Dockerfile is in it
 */
record ClassicContext(ContextArchive archive, String dockerfile) {
  private static final String IGNORE = ".dockerignore";

  /**
   * The context, which was looked through.
   *
   * @throws BuildFailure as {@link ContextBounds#check} says
   */
  static ClassicContext of(BuildPlan plan, BuildLimits limits, Build build) throws BuildFailure {
    Progress progress = build.progress();
    Path checkout = plan.checkout().directory();
    Dockerfile dockerfile = plan.dockerfile().orElseThrow();
    DockerIgnore ignore = IgnoreFile.of(checkout, dockerfile);
    new ContextBounds(checkout, ignore, limits.contextBytes(), BuildLimits.CONTEXT_FILES)
        .check(ContextBounds.Sender.WORKER, build.stop());
    if (!dockerfile.isGenerated()) {
      return new ClassicContext(new ContextArchive(checkout, ignore, progress), dockerfile.path());
    }
    String name = ".skypanel.Dockerfile";
    while (Files.exists(checkout.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      name += "_";
    }
    String ignored = dockerfile.ignore().orElseThrow();
    // the engine takes these two away again for the steps if its own reading leaves them out
    Map<String, String> extras =
        Map.of(name, dockerfile.text(), IGNORE, ignored + "\n" + name + "\n" + IGNORE + "\n");
    return new ClassicContext(new ContextArchive(checkout, ignore, progress, extras), name);
  }
}
