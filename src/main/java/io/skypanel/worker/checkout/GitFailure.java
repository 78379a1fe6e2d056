package io.skypanel.worker.checkout;

import io.skypanel.worker.egress.Trouble;
import io.skypanel.worker.engine.ExitCodes;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.util.Optional;

/**
 * Tells why a git command failed, from what git printed and from what became of its connections.
 * Git's messages are stable in the C locale. Where git names a reason that a connection can't be,
 * it went on without that connection, and both are told.
 */
final class GitFailure {
  private final GitSource source;
  private final GitErrors errors;
  private final Optional<Trouble> trouble;

  /**
   * @param source what was fetched
   * @param result how the command ended
   */
  GitFailure(GitSource source, Git.Result result) {
    this.source = source;
    this.errors = new GitErrors(result.lines());
    this.trouble = result.trouble();
  }

  /** Whether the network or the server failed in a way that may pass. */
  boolean mayPass() {
    if (ofHostKey("").or(() -> isOfLfs() ? Optional.empty() : ofReason("")).isPresent()) {
      return false;
    }
    return trouble.map(t -> !t.refused()).orElseGet(this::saysThatConnectionFailed);
  }

  private boolean saysThatConnectionFailed() {
    return errors.say(
        "could not resolve",
        "connection refused",
        "failed to connect",
        "couldn't connect",
        "timed out",
        "timeout",
        "unreachable",
        "connection reset",
        "too slow",
        "no route to host",
        "returned error: 5",
        "returned error: 429",
        "early eof",
        "unexpected disconnect",
        "empty reply",
        "hung up unexpectedly",
        "unable to write to remote");
  }

  /** Whether the server would not hand out a commit by its id, though it may have it. */
  boolean refusedCommit() {
    return errors.sayOrServer(
        "unadvertised object",
        "no such remote ref",
        "did not contain",
        "not valid",
        "direct fetch");
  }

  /** The failure of fetching the repository itself. */
  BuildFailure ofFetch(int exitCode) {
    String repository = source.displayUrl();
    if (errors.say("couldn't find remote ref", "could not find remote branch")) {
      return new BuildFailure.UserFault(
          "The branch " + source.branch() + " is not in " + repository + "; push it or correct it");
    }
    if (source.sha().isPresent() && (errors.sayOrServer("not our ref") || refusedCommit())) {
      return ofMissingCommit();
    }
    return ofTransport(repository, "git fetch", exitCode);
  }

  /** The failure of fetching a submodule. */
  BuildFailure ofSubmodules(int exitCode) {
    if (errors.sayOrServer(
        "not our ref", "did not contain", "unadvertised object", "unable to find current")) {
      return new BuildFailure.UserFault(
          "A submodule of "
              + source.displayUrl()
              + " points at a commit that its repository does not have: "
              + errors.last()
              + besides());
    }
    return ofTransport("a submodule of " + source.displayUrl(), "git submodule update", exitCode);
  }

  /** The commit is in none of the repository's branches. */
  BuildFailure.UserFault ofMissingCommit() {
    return new BuildFailure.UserFault(
        "The commit "
            + source.sha().orElse("")
            + " is not in "
            + source.displayUrl()
            + "; push it, or deploy the branch");
  }

  /** The failure of a command that talks to no server, or only for LFS files. */
  BuildFailure ofLocal(String command, int exitCode) {
    return ofTransport(source.displayUrl(), command, exitCode);
  }

  /** LFS files that are not to be had; {@code why} may be their server's words. */
  BuildFailure ofLfsFiles(String why) {
    return refusal()
        .orElseGet(
            () ->
                new BuildFailure.UserFault(
                    "The LFS files of " + source.displayUrl() + " can't be fetched: " + why));
  }

  /** A server of LFS files that can't be reached. */
  BuildFailure ofLfsServer(String why) {
    return refusal()
        .orElseGet(
            () ->
                new BuildFailure.WorkerFault(
                    "The LFS server of %s can't be reached: %s"
                        .formatted(source.displayUrl(), trouble.map(Trouble::message).orElse(why)),
                    null));
  }

  private Optional<BuildFailure> refusal() {
    return trouble.filter(Trouble::refused).map(t -> new BuildFailure.UserFault(t.message()));
  }

  private BuildFailure ofTransport(String repository, String command, int exitCode) {
    return ofMemory(repository, exitCode)
        .or(() -> ofHostKey(repository))
        .or(() -> isOfLfs() ? ofLfs(repository) : ofReason(repository))
        .or(() -> ofConnection(repository))
        .or(() -> ofWhatIsNotThere(repository))
        .or(() -> ofServer(repository))
        .orElseGet(
            () ->
                new BuildFailure.WorkerFault(
                    "%s of %s failed with exit code %d: %s"
                        .formatted(command, repository, exitCode, errors.last()),
                    null));
  }

  private Optional<BuildFailure> ofMemory(String repository, int exitCode) {
    boolean killed = exitCode == ExitCodes.KILLED;
    return killed || errors.say("out of memory", "cannot allocate memory", "unable to mmap")
        ? user(
            "git needs more memory for %s than it may have (%d GB)%s; make it smaller"
                .formatted(
                    repository,
                    GitCheckout.MEMORY_GB,
                    killed ? ", or the machine was out of it" : ""))
        : Optional.empty();
  }

  private Optional<BuildFailure> ofServer(String repository) {
    return errors.areOfServer()
        ? user("The server of " + repository + " refused: " + errors.last())
        : Optional.empty();
  }

  private Optional<BuildFailure> ofHostKey(String repository) {
    if (errors.say("host identification has changed")) {
      return worker(
          "The ssh server of "
              + repository
              + " has another host key than this worker knows: somebody may stand in between; if"
              + " the key has changed, the worker's operator corrects the file of GIT_KNOWN_HOSTS");
    }
    return errors.say("host key verification failed")
        ? user(
            "The ssh host key of "
                + repository
                + " is not known to this worker; use https, or have the worker's operator add it to"
                + " the file of GIT_KNOWN_HOSTS")
        : Optional.empty();
  }

  /** Then what else was printed is no evidence: git-lfs passes on what its server says. */
  private boolean isOfLfs() {
    return errors.say("smudge filter lfs failed", "external filter");
  }

  private Optional<BuildFailure> ofLfs(String repository) {
    return trouble.isPresent()
        ? ofConnection(repository)
        : user("The LFS files of " + repository + " can't be fetched: " + errors.last());
  }

  /** Reasons that git itself names, and that no connection that broke off is behind. */
  private Optional<BuildFailure> ofReason(String repository) {
    if (errors.say(
        "no space left on device",
        "disk quota exceeded",
        "unable to write file",
        "unable to write new",
        "unable to write loose",
        "unable to write index")) {
      return worker(
          "The worker's disk is full, so "
              + repository
              + " could not be checked out; free space in its workspace folder");
    }
    if (errors.say(
        "' not allowed", "strange hostname", "unsupported protocol", "is not supported")) {
      return user(
          "The address of "
              + repository
              + " is none that this worker fetches from ("
              + errors.last()
              + "); use https or ssh, as far as its GIT_ALLOWED_PROTOCOLS has them");
    }
    if (errors.say(
        "invalid path ''",
        "no url found for submodule",
        "no submodule mapping",
        "invalid value for ''",
        "refusing to create",
        "bad config",
        "cannot strip one component")) {
      return user("What " + repository + " holds can't be checked out: " + errors.last());
    }
    return errors.sayOrServer(
            "authentication failed",
            "could not read username",
            "could not read password",
            "terminal prompts disabled",
            "permission denied (",
            "returned error: 401",
            "returned error: 403",
            "invalid credentials",
            "access denied")
        ? user(
            "Access to "
                + repository
                + " was refused: it is private and the credential is missing or wrong, or it is not"
                + " there")
        : Optional.empty();
  }

  private Optional<BuildFailure> ofConnection(String repository) {
    if (refusal().isPresent()) {
      return refusal();
    }
    if (trouble.isPresent()
        || saysThatConnectionFailed()
        || errors.say("ssl", "tls", "certificate")) {
      String why = trouble.map(Trouble::message).orElseGet(errors::last);
      return Optional.of(
          new BuildFailure.WorkerFault(
              "The server of " + repository + " can't be reached: " + why, null));
    }
    return Optional.empty();
  }

  private Optional<BuildFailure> ofWhatIsNotThere(String repository) {
    if (errors.sayOrServer(
        "not found", "does not exist", "does not appear to be a git repository", "not valid")) {
      String subject =
          repository.startsWith("a ")
              ? "A" + repository.substring(1)
              : "The repository " + repository;
      return user(
          subject + " was not found; check its address, and give a credential if it is private");
    }
    return errors.say("clone of ''")
        ? user("A submodule of " + source.displayUrl() + " can't be fetched: " + errors.last())
        : Optional.empty();
  }

  private Optional<BuildFailure> user(String why) {
    return Optional.of(new BuildFailure.UserFault(why + besides()));
  }

  private Optional<BuildFailure> worker(String why) {
    return Optional.of(new BuildFailure.WorkerFault(why + besides(), null));
  }

  private String besides() {
    return trouble.map(t -> ". Besides: " + t.message()).orElse("");
  }
}
