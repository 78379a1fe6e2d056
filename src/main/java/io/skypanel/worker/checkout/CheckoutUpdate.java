package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Brings an earlier build's checkout to what a new one would be, if it can. The server is asked
 * each time, also for a commit that is there: whoever may no longer fetch it does not get it. For
 * one use.
 */
final class CheckoutUpdate {
  private final Git git;
  private final GitSource source;

  CheckoutUpdate(Git git, GitSource source) {
    this.git = git;
    this.source = source;
  }

  /**
   * Whether it is what a new one would be; if not, for whatever reason, it is good for nothing.
   *
   * @throws BuildFailure the stop's reason
   */
  boolean succeeds() throws BuildFailure {
    return Files.isDirectory(git.directory().resolve(".git"), LinkOption.NOFOLLOW_LINKS)
        && !hasSubmodules()
        && !git.run(GitCheckout.fetchOf(source)).failed()
        // it may ask for other line ends or filters in files that have not changed
        && succeeded(
            "diff-tree", "-r", "--quiet", "HEAD", "FETCH_HEAD", "--", ":(glob)**/.gitattributes")
        && succeeded(GitCheckout.checkoutOf(source))
        && succeeded("clean", "-ffdxq")
        && !hasSubmodules();
  }

  private boolean hasSubmodules() {
    Path list = git.directory().resolve(".gitmodules");
    return Files.exists(list, LinkOption.NOFOLLOW_LINKS);
  }

  private boolean succeeded(String... arguments) throws BuildFailure {
    return !git.runQuietly(arguments).failed();
  }
}
