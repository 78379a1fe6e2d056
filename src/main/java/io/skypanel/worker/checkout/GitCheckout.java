package io.skypanel.worker.checkout;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.egress.EgressGate;
import io.skypanel.worker.egress.EgressRules;
import io.skypanel.worker.egress.Resolver;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.Proxies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage {@code checkout}: puts exactly the wanted commit on disk, at depth 1, with native git.
 * Thread-safe; a build's git processes end with the build.
 */
public final class GitCheckout {
  private static final Logger log = LoggerFactory.getLogger(GitCheckout.class);

  /** Where in a build's workspace the sources lie. */
  static final String SOURCE = "source";

  /**
   * What git should have of the memory, for each of its processes: a small pack can be made to ask
   * for all there is.
   */
  public static final int MEMORY_GB = 4;

  private static final int SHOWN_SHA = 12;

  private final ProgramRunner runner;
  private final KeptCheckouts kept;
  private final EgressRules rules;
  private final Proxies proxies;
  private final Resolver resolver;
  private final GitEnvironment environment;
  private final SshFiles ssh;

  /**
   * @param runner runs git, with no more memory than {@link #MEMORY_GB}
   * @param settings what is fetched from where, and with whose right
   * @param workerEnvironment the worker's own environment; of it git sees {@code PATH} and the
   *     certificate authorities, and nothing else
   * @param resolver finds the addresses of hosts
   * @param ownPorts of this machine, from which nothing is fetched
   * @param kept the checkouts of earlier builds
   */
  public GitCheckout(
      ProgramRunner runner,
      GitSettings settings,
      Map<String, String> workerEnvironment,
      Resolver resolver,
      Set<Integer> ownPorts,
      KeptCheckouts kept) {
    this.runner = runner;
    this.kept = kept;
    this.proxies = settings.proxies();
    this.rules = EgressRules.of(settings, ownPorts);
    this.resolver = resolver;
    this.environment = new GitEnvironment(settings, workerEnvironment);
    this.ssh = new SshFiles(settings);
  }

  /**
   * Makes the build's workspace anew, and checks the job's source out, submodules included: where
   * the app's last build had its own, or below the workspace. Blocks until it is there.
   *
   * @return the work tree, with its {@code .git}, and the commit that it stands at
   * @throws BuildFailure.UserFault when branch, commit or repository is not there or not allowed
   * @throws BuildFailure.WorkerFault when the server can't be reached or the disk is full
   * @throws BuildFailure the stop's reason
   */
  public Checkout fetch(@Variable("build") Build build) throws BuildFailure {
    build.progress().entered(Phase.CHECKOUT);
    GitSource source = build.job().source();
    GitRemote remote = GitRemote.of(source);
    Optional<String> refusal = rules.refuse(remote.protocol(), remote.host());
    if (refusal.isPresent()) {
      throw new BuildFailure.UserFault(refusal.get());
    }
    build.progress().info("Cloning " + source.displayUrl() + " " + source.describe());
    makeFolder(build.workspace());
    Path directory =
        kept.take(build, environment.manner()).orElse(build.workspace().resolve(SOURCE));
    try (EgressGate gate = EgressGate.open(rules, resolver, proxies)) {
      Map<String, String> sees =
          environment.of(remote, build.workspace(), gate.url(), ssh.write(build.workspace(), gate));
      Git git = new Git(runner, build, directory, sees, gate);
      boolean isNew = !(Files.isDirectory(directory) && new CheckoutUpdate(git, source).succeeds());
      if (isNew) {
        new FolderRemoval(directory).run();
        Files.createDirectory(directory);
        fetch(git, source, remote, directory);
      }
      if (Files.exists(GitEnvironment.lfsMark(build.workspace()))) {
        new LfsFiles(git, environment.logins(remote), environment.tls()).fetch();
      }
      kept.keep(build, environment.manner(), isNew);
    } catch (IOException e) {
      remove(directory);
      throw new BuildFailure.WorkerFault(
          "The workspace " + build.workspace() + " can't be made ready for git: " + e, e);
    } catch (BuildFailure e) {
      // nothing to begin the next one with, and it may be what fills the disk
      remove(directory);
      throw e;
    }

    Checkout.Commit commit = CommitReader.read(directory);
    build
        .progress()
        .info(
            "Checked out %s \"%s\" by %s"
                .formatted(
                    commit.sha().substring(0, SHOWN_SHA), commit.subject(), commit.author()));
    return new Checkout(directory, commit);
  }

  private static void fetch(Git git, GitSource source, GitRemote remote, Path directory)
      throws BuildFailure {
    git.local("init", "init", "-q");
    git.local("remote add", "remote", "add", "--", "origin", remote.url());
    if (source.sha().isPresent()) {
      fetchCommit(git, source, source.sha().get());
    } else {
      fetchBranch(git, source);
    }
    // a link could lead git to a file outside; git itself refuses it too
    if (Files.isRegularFile(directory.resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS)) {
      fetchSubmodules(git, source, directory);
    }
  }

  private static void remove(Path directory) {
    try {
      new FolderRemoval(directory).run();
    } catch (IOException e) {
      log.warn("What is left of a checkout in {} can't be removed: {}", directory, e.toString());
    }
  }

  private static void makeFolder(Path workspace) throws BuildFailure.WorkerFault {
    try {
      Workspace.make(workspace);
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(
          "The workspace " + workspace + " can't be made; check permissions and space: " + e, e);
    }
  }

  private static void fetchBranch(Git git, GitSource source) throws BuildFailure {
    Git.Result fetched = git.remote(fetchOf(source));
    if (fetched.failed()) {
      throw new GitFailure(source, fetched).ofFetch(fetched.exitCode());
    }
    git.local("checkout", checkoutOf(source));
  }

  private static void fetchCommit(Git git, GitSource source, String sha) throws BuildFailure {
    Git.Result fetched = git.remote(fetchOf(source));
    if (fetched.failed()) {
      GitFailure failure = new GitFailure(source, fetched);
      if (!failure.refusedCommit()) {
        throw failure.ofFetch(fetched.exitCode());
      }
      fetchEveryBranch(git, source, sha);
    }
    git.local("checkout", checkoutOf(source));
  }

  /** The command that fetches exactly what is wanted. */
  static String[] fetchOf(GitSource source) {
    String wanted = source.sha().orElse("+refs/heads/" + source.branch() + ":" + tracking(source));
    return new String[] {
      "fetch", "--depth", "1", "--no-tags", "--progress", "--end-of-options", "origin", wanted
    };
  }

  /** The command that puts what was fetched on disk, whatever is there. */
  static String[] checkoutOf(GitSource source) {
    return source.sha().isPresent()
        ? new String[] {"checkout", "-q", "--force", "--detach", source.sha().get(), "--"}
        : new String[] {
          "checkout", "-q", "--force", "-B", source.branch(), "--track", tracking(source), "--"
        };
  }

  private static String tracking(GitSource source) {
    return "refs/remotes/origin/" + source.branch();
  }

  /** For servers that hand out branches only: the wanted commit is in the history of one. */
  private static void fetchEveryBranch(Git git, GitSource source, String sha) throws BuildFailure {
    Git.Result all =
        git.remote(
            "fetch", "--no-tags", "--progress", "origin", "+refs/heads/*:refs/remotes/origin/*");
    if (all.failed()) {
      throw new GitFailure(source, all).ofFetch(all.exitCode());
    }
    if (git.run("rev-parse", "-q", "--verify", sha + "^{commit}").failed()) {
      throw new GitFailure(source, all).ofMissingCommit();
    }
  }

  private static void fetchSubmodules(Git git, GitSource source, Path directory)
      throws BuildFailure {
    Git.Result shallow =
        git.remote("submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1");
    if (!shallow.failed()) {
      return;
    }
    GitFailure failure = new GitFailure(source, shallow);
    if (!failure.refusedCommit()) {
      throw failure.ofSubmodules(shallow.exitCode());
    }
    // a shallow clone once begun would stay shallow
    git.local("submodule deinit", "submodule", "--quiet", "deinit", "--force", "--all");
    try {
      new FolderRemoval(directory.resolve(".git").resolve("modules")).run();
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("A submodule can't be fetched again: " + e, e);
    }
    Git.Result whole = git.remote("submodule", "--quiet", "update", "--init", "--recursive");
    if (whole.failed()) {
      throw new GitFailure(source, whole).ofSubmodules(whole.exitCode());
    }
  }
}
