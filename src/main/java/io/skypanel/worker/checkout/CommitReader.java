package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/** Reads the commit of a checkout in process, with JGit. Thread-safe. */
final class CommitReader {
  /**
   * Makes JGit, in this whole JVM, read no configuration but the repository's own: it would look
   * into the user's home, and run {@code git config --system} to find the machine's.
   */
  CommitReader() {
    if (!(SystemReader.getInstance() instanceof RepositoryOnly)) {
      SystemReader.setInstance(new RepositoryOnly(SystemReader.getInstance()));
    }
  }

  /**
   * The commit that {@code HEAD} of the work tree {@code directory} stands at; a linked work tree
   * is fine.
   */
  Checkout.Commit read(Path directory) throws BuildFailure.WorkerFault {
    RepositoryBuilder builder = new RepositoryBuilder();
    builder.addCeilingDirectory(directory.getParent().toFile());
    builder.findGitDir(directory.toFile()).setMustExist(true);
    try (Repository repository = builder.build();
        RevWalk walk = new RevWalk(repository)) {
      ObjectId head = repository.resolve(Constants.HEAD);
      if (head == null) {
        throw new IOException("HEAD is at no commit");
      }
      RevCommit commit = walk.parseCommit(head);
      PersonIdent author = commit.getAuthorIdent();
      return new Checkout.Commit(
          head.name(),
          author == null ? "" : author.getName() + " <" + author.getEmailAddress() + ">",
          commit.getFullMessage().strip());
    } catch (IOException | IllegalArgumentException e) {
      throw new BuildFailure.WorkerFault(
          "The commit in " + directory.getFileName() + " can't be read: " + e.getMessage(), e);
    }
  }

  private static final class RepositoryOnly extends SystemReader.Delegate {
    RepositoryOnly(SystemReader delegate) {
      super(delegate);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
      return new Empty(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
      return new Empty(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
      return new Empty(parent, fs);
    }
  }

  /** A configuration file that is not there and is never written. */
  private static final class Empty extends FileBasedConfig {
    Empty(Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
