package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ObjectStream;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Reads the commit of a checkout in process, with JGit, which nothing before the first build loads.
 * Thread-safe.
 */
final class CommitReader {
  /** What is read of a commit, of which a repository may have one of any size. */
  private static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_MESSAGE = 4096;
  private static final int MAX_AUTHOR = 200;

  // In this whole JVM, JGit is to keep little of objects in memory, and to read no configuration
  // but
  // the repository's own: it would look into the user's home, and run git config --system to find
  // the machine's.
  static {
    WindowCacheConfig objects = new WindowCacheConfig();
    // a larger one is read bit by bit, whatever it is packed against
    objects.setStreamFileThreshold(MAX_BYTES);
    objects.install();
    if (!(SystemReader.getInstance() instanceof RepositoryOnly)) {
      SystemReader.setInstance(new RepositoryOnly(SystemReader.getInstance()));
    }
  }

  private CommitReader() {}

  /**
   * The commit that {@code HEAD} of the work tree {@code directory} stands at; a linked work tree
   * is fine. Of its message it gives 4096 characters, of its author 200.
   *
   * @throws BuildFailure.UserFault if it is no commit that could be read
   */
  static Checkout.Commit read(Path directory) throws BuildFailure {
    try (Repository repository = open(directory);
        ObjectReader objects = repository.newObjectReader()) {
      ObjectId head = repository.resolve(Constants.HEAD);
      if (head == null) {
        throw new IOException("HEAD is at no commit");
      }
      RevCommit commit = RevCommit.parse(start(objects.open(head, Constants.OBJ_COMMIT)));
      PersonIdent author = commit.getAuthorIdent();
      return new Checkout.Commit(
          head.name(),
          author == null
              ? ""
              : cut(author.getName() + " <" + author.getEmailAddress() + ">", MAX_AUTHOR),
          cut(commit.getFullMessage().strip(), MAX_MESSAGE));
    } catch (RuntimeException e) {
      throw new BuildFailure.UserFault("The commit can't be read, push another: " + e);
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(
          "The commit in " + directory.getFileName() + " can't be read: " + e.getMessage(), e);
    }
  }

  /** The repository of a work tree; nothing above it is looked at. */
  static Repository open(Path directory) throws IOException {
    RepositoryBuilder builder = new RepositoryBuilder();
    builder.addCeilingDirectory(directory.getParent().toFile());
    return builder.findGitDir(directory.toFile()).setMustExist(true).build();
  }

  private static byte[] start(ObjectLoader commit) throws IOException {
    try (ObjectStream in = commit.openStream()) {
      return in.readNBytes(MAX_BYTES);
    }
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length) + "…";
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
