package io.skypanel.worker.checkout;

import io.skypanel.worker.egress.Trouble;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells from what git printed why it failed. Git's messages are stable in the C locale. */
final class GitFailure {
  private static final Pattern WITHOUT_REASON =
      Pattern.compile(
          "^fatal: (clone of '|Failed to clone '|Unable to fetch in submodule|Could not read from)");

  private final GitSource source;
  private final List<String> lines;
  private final String said;
  private final Optional<Trouble> trouble;

  /**
   * @param source what was fetched
   * @param result how the command ended
   */
  GitFailure(GitSource source, Git.Result result) {
    this.source = source;
    this.trouble = result.trouble();
    // what the server says of itself is no evidence: it can say anything
    this.lines =
        result.lines().stream()
            .filter(l -> !l.startsWith("remote:") && !l.startsWith("From "))
            .toList();
    // nor is a name in quotes: a repository may be called timeout
    this.said = String.join("\n", lines).replaceAll("'[^'\n]*'", "''").toLowerCase(Locale.ROOT);
  }

  /** Whether the network or the server failed in a way that may pass. */
  boolean mayPass() {
    if (trouble.isPresent()) {
      return !trouble.get().refused();
    }
    return says(
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
        "hung up unexpectedly");
  }

  /** Whether the server would not hand out a commit by its id, though it may have it. */
  boolean refusedCommit() {
    return says(
        "unadvertised object",
        "no such remote ref",
        "did not contain",
        "not valid",
        "direct fetch");
  }

  /** The failure of fetching the repository itself. */
  BuildFailure ofFetch(int exitCode) {
    String repository = source.displayUrl();
    if (says("couldn't find remote ref", "could not find remote branch")) {
      return new BuildFailure.UserFault(
          "The branch " + source.branch() + " is not in " + repository + "; push it or correct it");
    }
    if (source.sha().isPresent() && (says("not our ref") || refusedCommit())) {
      return ofMissingCommit();
    }
    return ofTransport(repository, "git fetch", exitCode);
  }

  /** The failure of fetching a submodule. */
  BuildFailure ofSubmodules(int exitCode) {
    if (says("not our ref", "did not contain", "unadvertised object", "unable to find current")) {
      return new BuildFailure.UserFault(
          "A submodule of "
              + source.displayUrl()
              + " points at a commit that its repository does not have: "
              + lastError());
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

  private BuildFailure ofTransport(String repository, String command, int exitCode) {
    if (trouble.isPresent()) {
      String why = trouble.get().message();
      return trouble.get().refused()
          ? new BuildFailure.UserFault(why)
          : new BuildFailure.WorkerFault(
              "The server of " + repository + " can't be reached: " + why, null);
    }
    if (says("host identification has changed")) {
      return new BuildFailure.WorkerFault(
          "The ssh server of "
              + repository
              + " has another host key than this worker knows: somebody may stand in between; if"
              + " the key has changed, the worker's operator corrects the file of GIT_KNOWN_HOSTS",
          null);
    }
    if (says("host key verification failed")) {
      return new BuildFailure.UserFault(
          "The ssh host key of "
              + repository
              + " is not known to this worker; use https, or have the worker's operator add it to"
              + " the file of GIT_KNOWN_HOSTS");
    }
    if (says("smudge filter lfs failed", "external filter")) {
      return new BuildFailure.UserFault(
          "The LFS files of " + repository + " can't be fetched: " + lastError());
    }
    if (says("no space left on device", "disk quota exceeded", "unable to write")) {
      return new BuildFailure.WorkerFault(
          "The worker's disk is full, so "
              + repository
              + " could not be checked out; free space in its workspace folder",
          null);
    }
    if (says("' not allowed", "strange hostname", "unsupported protocol", "is not supported")) {
      return new BuildFailure.UserFault(
          "The address of "
              + repository
              + " is none that this worker fetches from ("
              + lastError()
              + "); use https or ssh, as far as its GIT_ALLOWED_PROTOCOLS has them");
    }
    if (says(
        "invalid path ''",
        "no url found for submodule",
        "no submodule mapping",
        "invalid value for ''",
        "refusing to create",
        "bad config",
        "cannot strip one component")) {
      return new BuildFailure.UserFault(
          "What " + repository + " holds can't be checked out: " + lastError());
    }
    if (says(
        "authentication failed",
        "could not read username",
        "could not read password",
        "terminal prompts disabled",
        "permission denied (",
        "returned error: 401",
        "returned error: 403",
        "invalid credentials",
        "access denied")) {
      return new BuildFailure.UserFault(
          "Access to "
              + repository
              + " was refused: it is private and the credential is missing or wrong, or it is not"
              + " there");
    }
    if (mayPass() || says("ssl", "tls", "certificate")) {
      return new BuildFailure.WorkerFault(
          "The server of " + repository + " can't be reached: " + lastError(), null);
    }
    if (says(
        "not found", "does not exist", "does not appear to be a git repository", "not valid")) {
      return new BuildFailure.UserFault(
          (repository.startsWith("a ")
                  ? "A" + repository.substring(1)
                  : "The repository " + repository)
              + " was not found; check its address, and give a credential if it is private");
    }
    if (says("clone of ''")) {
      return new BuildFailure.UserFault(
          "A submodule of " + source.displayUrl() + " can't be fetched: " + lastError());
    }
    return new BuildFailure.WorkerFault(
        command + " of " + repository + " failed with exit code " + exitCode + ": " + lastError(),
        null);
  }

  private boolean says(String... phrases) {
    return Stream.of(phrases).anyMatch(said::contains);
  }

  /** The last line that says what is wrong, without git's prefix, logins and the worker's paths. */
  private String lastError() {
    List<String> errors =
        lines.stream()
            .filter(l -> l.startsWith("fatal: ") || l.startsWith("error: "))
            .collect(Collectors.toList());
    // that it failed, where a line before says why
    errors.removeIf(l -> errors.size() > 1 && WITHOUT_REASON.matcher(l).find());
    String line =
        !errors.isEmpty()
            ? errors.get(errors.size() - 1)
            : lines.isEmpty() ? "no output" : lines.get(lines.size() - 1);
    return line.replaceFirst("^(fatal|error): ", "")
        .replaceAll("(?<=://)[^/?#\\s']*@", "")
        .replaceAll("/[^\\s']*/" + GitCheckout.SOURCE + "/", "");
  }
}
