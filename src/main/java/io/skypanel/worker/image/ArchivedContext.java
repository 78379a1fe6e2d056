package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.Progress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What goes to the engine as one archive: the checkout, and a Dockerfile that is not in it if the
 * plan has one.
 *
 * @param archive the context
 * @param dockerfile where the Dockerfile is in it
 */
record ArchivedContext(ContextArchive archive, String dockerfile) {
  private static final String IGNORE = ".dockerignore";

  /**
   * The context.
   *
   * @param ignore what is left out of the checkout
   * @param progress is warned of what can't be sent
   */
  static ArchivedContext of(BuildPlan plan, DockerIgnore ignore, Progress progress) {
    Path checkout = plan.checkout().directory();
    Dockerfile dockerfile = plan.dockerfile().orElseThrow();
    if (!dockerfile.isGenerated()) {
      return new ArchivedContext(new ContextArchive(checkout, ignore, progress), dockerfile.path());
    }
    String name = ".skypanel.Dockerfile";
    while (Files.exists(checkout.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      name += "_";
    }
    String ignored = dockerfile.ignore().orElseThrow();
    // the engine takes these two away again for the steps if its own reading leaves them out
    Map<String, String> extras =
        Map.of(name, dockerfile.text(), IGNORE, ignored + "\n" + name + "\n" + IGNORE + "\n");
    return new ArchivedContext(new ContextArchive(checkout, ignore, progress, extras), name);
  }
}
