package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * Brings an earlier build's checkout to what a new one would be, if it can. The server is asked
 * each time, also for a commit that is there: whoever may no longer fetch it does not get it. For
 * one use.
 */
final class CheckoutUpdate {
  /** In a tree made for it there is no end of them. */
  private static final int MAX_CHANGES = 100_000;

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
    if (!Files.isDirectory(git.directory().resolve(".git"), LinkOption.NOFOLLOW_LINKS)
        || hasSubmodules()) {
      return false;
    }
    Optional<ObjectId> before = tree();
    return before.isPresent()
        && !git.inTurn(
                GitCheckout.fetchOf(source),
                GitCheckout.checkoutOf(source),
                new String[] {"clean", "-ffdxq"})
            .failed()
        && hasSameAttributes(before.get())
        && !hasSubmodules();
  }

  /** Of the commit that it stands at. */
  private Optional<ObjectId> tree() {
    try (Repository repository = CommitReader.open(git.directory())) {
      return Optional.ofNullable(repository.resolve("HEAD^{tree}"));
    } catch (IOException | RuntimeException broken) {
      return Optional.empty();
    }
  }

  private boolean hasSubmodules() {
    Path list = git.directory().resolve(".gitmodules");
    return Files.exists(list, LinkOption.NOFOLLOW_LINKS);
  }

  /** They may ask for other line ends or filters in files that have not changed. */
  private boolean hasSameAttributes(ObjectId before) {
    try (Repository repository = CommitReader.open(git.directory());
        TreeWalk walk = new TreeWalk(repository)) {
      walk.addTree(before);
      walk.addTree(repository.resolve("HEAD^{tree}"));
      walk.setFilter(TreeFilter.ANY_DIFF);
      walk.setRecursive(true);
      for (int looked = 0; walk.next(); looked++) {
        if (looked == MAX_CHANGES || walk.getNameString().equals(Constants.DOT_GIT_ATTRIBUTES)) {
          return false;
        }
      }
      return true;
    } catch (IOException | RuntimeException broken) {
      return false;
    }
  }
}
