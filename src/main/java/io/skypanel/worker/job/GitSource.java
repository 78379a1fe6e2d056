package io.skypanel.worker.job;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a build's sources are.
 *
 * @param url the repository as the job names it; it may carry credentials, so print {@link
 *     #displayUrl()} instead
 * @param branch the branch to build, {@code main} if the job names none
 * @param sha the exact commit (40 or 64 hex digits); empty means the branch's head
 */
public record GitSource(String url, String branch, Optional<String> sha) {
  /**
   * The user of an ssh address, as a pattern: forges have organizations there, whose names have
   * dashes, but none leads, which would make an option of it.
   */
  public static final String SSH_USER = "[A-Za-z0-9_][A-Za-z0-9._+~-]*";

  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#]*@");

  private static final Pattern SHA = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  public GitSource {
    Objects.requireNonNull(url);
    Objects.requireNonNull(branch);
    if (sha.isPresent() && !SHA.matcher(sha.get()).matches()) {
      throw new IllegalArgumentException(
          "githubCommitSha is '"
              + Shown.of(sha.get())
              + "' and must be a full commit id, 40 hex digits");
    }
  }

  /**
   * The URL without user name and password, fit for logs. Where it can't be told what belongs to
   * these, all that may is shown as {@code ****}, the host too.
   */
  public String displayUrl() {
    String bare = USER_INFO.matcher(url).replaceFirst("");
    return bare.contains("://") ? Shown.withoutLogin(bare) : bare; // else its user is no secret
  }

  /** What is built, for people: the commit if it is given, else the branch. */
  public String describe() {
    return sha.map(s -> "commit " + s.substring(0, 12)).orElse("branch " + branch);
  }

  @Override
  public String toString() {
    return displayUrl() + " " + describe();
  }
}
